internal import LoadGen
internal import ToolSupport

// A stream of a watched target: what the target tells, and in words that it tells no more.
extension StreamText {
  func watchedLines(_ watched: WatchedStream) -> [StreamLine] {
    let sent = HumanText.size(max(0, record.bytesWire))
    let rate = watched.bytesPerSecond.map { glyphs.separator + HumanText.rate($0) } ?? ""
    let (age, bytes) = watched.isTold ? ("age", "sent") : ("last age", "last sent")
    var lines = fact("request id", record.requestID ?? glyphs.dash)
    lines += fact(bytes, sent + rate)
    lines += fact(age, FieldText.time(Double(record.endedAt) / 1e6))
    if let held = watched.heldBytes {
      lines += fact("held", HumanText.size(max(0, held)) + " in the target's memory")
    }
    if !detail.isRunning { lines += fact("end", Self.gone, role: .text) }
    lines += fact("not known", Self.unknown, role: .text)
    lines += fact("failures", failures(watched.failed), role: watched.failed > 0 ? .bad : .text)
    return lines + fact("advice", Self.advice)
  }

  private func failures(_ count: Int) -> String {
    "the target tells of no stream how it ended; its failures are counted together (\(HumanText.grouped(count)))"
  }

  private static let gone = "the target tells of it no more: it is over, or not among the 1,000 it tells of"
  private static let unknown =
    "status, times, heads, arrivals and gzip: the target tells request id, bytes and age alone"
  private static let advice =
    "4 Failures has their causes; the target's access log has a line of each failed stream, with its request id"
}
