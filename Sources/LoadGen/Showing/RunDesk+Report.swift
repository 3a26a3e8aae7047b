internal import ToolSupport

extension RunDesk {
  func saveReport(_ format: OutputPlan.Format, _ path: String) {
    guard format != .quiet else { return tell(failure: "quiet writes no report; choose another format") }
    start(.report) { [self] () throws(ToolFailure) in
      try refuseTaken(path, "report")
      let file = ReportFile(path: path, option: "report ")
      try file.check()
      let (text, streams) = try rendered(format)
      try file.save(text)
      let facts = [format.rawValue, HumanText.size(Int64(text.utf8.count))] + (streams.map { [$0] } ?? [])
      tell("report written: \(OptionText.shown(path)) (\(facts.joined(separator: ", ")))")
    }
  }

  /// The run as it stands; never the end of it.
  func result() -> RunResult {
    var result = engine.partialResult()
    result.series = series.series()
    result.notes += notes()
    return result
  }

  /// The text, and of which streams it is where it is not of all.
  private func rendered(_ format: OutputPlan.Format) throws(ToolFailure) -> (text: String, streams: String?) {
    guard format.isLive else {
      let report = RunReport(result(), lab: lab?.mode)
      return (try ReportWriter.rendered(report, as: format, color: false, hgrmMetric: hgrmMetric), nil)
    }
    guard let late else { throw .usage("report: \(format.rawValue) is of single streams, and nobody keeps them here") }
    let records = late.streams.records
    let count = HumanText.grouped(records.count)
    return (StreamRows.text(records, format == .csv ? .csv : .ndjson), "the last \(count) streams")
  }

  /// Files that are being written would be lost.
  func refuseTaken(_ path: String, _ what: String) throws(ToolFailure) {
    let written = (late?.taken ?? []) + (late?.record.path.map { [$0] } ?? [])
    let file = FileIdentity(path)
    guard !written.contains(where: { FileIdentity($0) == file }) else {
      throw .usage("\(what) \(OptionText.shown(path)): the run is writing this file already; give another name")
    }
  }
}
