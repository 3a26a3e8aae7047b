internal import ToolSupport

/// Adds the reports of one plan's parts to the report that one process would have written: counts and distributions
/// without loss, conditions held against the sums.
struct ReportMerge {
  /// At least one.
  let reports: [NamedReport]
  /// Adds up what was not planned as one run too.
  var force = false

  /// Reports that one merge takes: their numbers can be added up without a check at every sum.
  static let mostReports = 10_000

  /// - Throws: `usage` when the reports are not of one plan, or one of them contradicts itself.
  func merged() throws(ToolFailure) -> RunReport {
    guard let first = reports.first else { throw .usage("no report; name the files to add") }
    guard reports.count <= Self.mostReports else {
      throw .usage("\(reports.count) reports: at most \(Self.mostReports) are added at once")
    }
    if !force { try refuseOthers(first) }
    var sum = MergedRun()
    for item in reports { try sum.add(try item.report.result(name: item.path), item, all: reports) }
    var options = first.report.options
    options.shard = nil
    let expressions = expressions
    let unstated = expressions.filter { Threshold.stated($0) == nil }
    var plan = try first.report.result(name: first.path).plan
    plan.thresholds = expressions.compactMap { Threshold.stated($0) }
    plan.pauseLimits = pauseLimits
    return RunReport(sum.result(plan: plan, notes: notes(unstated)), options: options)
  }

  /// Of every report, each once: added up by force, the sum keeps what any of them had to keep, in whatever order they come.
  private var expressions: [String] {
    var seen: Set<String> = []
    return reports.flatMap(\.report.thresholds).map(\.expression).filter { seen.insert($0).inserted }
  }

  /// The shortest ones: every wait that any report counted was longer.
  private var pauseLimits: PauseLimits {
    var limits = PauseLimits()
    let pauses = reports.map(\.report.pauses)
    if let shortest = pauses.map(\.slowStartLimitSeconds).min() { limits.slowStart = .seconds(shortest) }
    if let shortest = pauses.map(\.silentGapLimitSeconds).min() { limits.silentGap = .seconds(shortest) }
    return limits
  }

  /// What the report must say of itself.
  private func notes(_ unstated: [String]) -> [String] {
    let names = reports.prefix(8).map(\.name).joined(separator: ", ")
    let more = reports.count > 8 ? " and \(reports.count - 8) more" : ""
    var notes = ["merged from \(reports.count) reports: \(names)\(more)"]
    let missing = missingShards()
    if !missing.isEmpty {
      let shown = missing.prefix(8).joined(separator: ", ") + (missing.count > 8 ? ", …" : "")
      notes.append("not the whole plan: no report of shard \(shown)")
    }
    let judged = reports.dropFirst().flatMap { PlanDifference.inJudging(reports[0].report, $0.report) }
    if judged.contains(where: { $0.name == "threshold" }) {
      notes.append("the reports had different thresholds: the sum is held against all of them")
    }
    if judged.contains(where: { $0.name != "threshold" }) {
      notes.append("long waits were counted by different limits: the shortest ones are shown")
    }
    notes += unstated.map { "threshold \($0) is not known to this version and was left out" }
    return notes
  }

  // MARK: - One plan

  /// What each process of one plan may have its own of.
  static let own = ["shard", "start_at", "threads"]

  private func refuseOthers(_ first: NamedReport) throws(ToolFailure) {
    for other in reports.dropFirst() {
      let differences =
        PlanDifference.between(first.report, other.report, ignoring: Self.own)
        + PlanDifference.inJudging(first.report, other.report)
      if let difference = differences.first {
        let more = differences.count > 1 ? " (and \(differences.count - 1) more)" : ""
        throw .usage(
          "\(first.name) and \(other.name) are of different plans: \(difference.text)\(more); --force adds them up all the same"
        )
      }
    }
    try refuseRepeated()
  }

  private func refuseRepeated() throws(ToolFailure) {
    var shards: [String: String] = [:]
    var runs: [String: String] = [:]
    for item in reports {
      if let shard = item.report.options.shard, let other = shards.updateValue(item.name, forKey: shard) {
        throw .usage("\(other) and \(item.name) are both of shard \(shard); --force adds them up all the same")
      }
      let report = item.report
      let run = "\(report.startedAt) \(report.durationSeconds) \(report.totals) \(report.client)"
      if let other = runs.updateValue(item.name, forKey: run) {
        throw .usage("\(other) and \(item.name) are the same run; --force adds it up twice")
      }
    }
    let counts = Set(reports.compactMap { $0.report.options.shard?.split(separator: "/").last })
    guard counts.count <= 1, counts.isEmpty || reports.allSatisfy({ $0.report.options.shard != nil }) else {
      throw .usage("the reports are of plans with different shards; --force adds them up all the same")
    }
  }

  private func missingShards() -> [String] {
    let shards = Set(reports.compactMap(\.report.options.shard))
    guard let count = shards.first.flatMap({ $0.split(separator: "/").last }).flatMap({ Int($0) }),
      (1...Self.mostReports).contains(count)
    else { return [] }
    return (1...count).map { "\($0)/\(count)" }.filter { !shards.contains($0) }
  }
}
