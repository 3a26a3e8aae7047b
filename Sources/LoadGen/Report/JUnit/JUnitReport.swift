internal import ToolSupport

/// The run as JUnit XML, for CI systems that list tests: a case for each threshold, each expectation, and each way in which
/// a stream can fail.
///
/// The names of cases do not depend on what went wrong, so that a CI system can follow them from run to run; only causes
/// (`502 function_error`) appear when they happen. A way of failing fails its case only when the run did not pass: where
/// thresholds allow some failures, the report must not be red while the exit code is 0. The streams are told all the same.
struct JUnitReport {
  private let report: RunReport
  private var isRed: Bool { report.exit != .passed }

  init(_ report: RunReport) { self.report = report }

  /// With a final newline. Well-formed XML 1.0, whatever targets sent.
  func text() -> String {
    let cases = [runCase] + thresholdCases + expectationCases + transportCases + gzipCases + causeCases
    let failures = cases.count { $0.outcome.isFailure }
    let errors = cases.count { $0.outcome.isError }
    let figures = """
      tests="\(cases.count)" failures="\(failures)" errors="\(errors)" skipped="0" time="\(seconds)"
      """
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"gzload\" \(figures)>"]
    lines.append("  <testsuite name=\"gzload\" \(figures) timestamp=\"\(timestamp)\">")
    lines.append("    <properties>")
    lines += properties.map { "      <property name=\"\($0.0)\" value=\"\(XMLText.attribute($0.1))\"/>" }
    lines.append("    </properties>")
    lines += cases.flatMap(\.lines)
    lines += ["  </testsuite>", "</testsuites>"]
    return lines.joined(separator: "\n") + "\n"
  }

  private var seconds: String { HumanText.fixed(report.durationSeconds, 3) }
  /// ISO 8601 without fraction and zone, as the schema in use wants it; UTC.
  private var timestamp: String { String(report.startedAt.prefix(19)) }

  private var properties: [(String, String)] {
    let totals = report.totals
    return [
      ("schema", RunReport.schemaName), ("target", report.target), ("exit", "\(report.exit.rawValue)"),
      ("concurrency", "\(report.options.concurrency)"), ("streams", "\(totals.streams)"), ("ok", "\(totals.ok)"),
      ("failed", "\(totals.failed)"), ("cut_by_deadline", "\(totals.cutByDeadline)"),
      ("bytes_wire", "\(totals.bytesWire)"), ("streams_per_second", "\(report.rate.streamsPerSecond)"),
      ("target_memory", Self.memory(report.targetMemory)),
    ]
  }

  private static func memory(_ memory: RunReport.Memory) -> String {
    memory.rssPeakBytes.map { "\(memory.source): peak \($0) bytes" } ?? memory.source
  }

  // MARK: - Cases

  /// Whether the run came to its end, and met anybody.
  private var runCase: JUnitCase {
    let reason =
      report.interrupted
      ? "interrupted: the plan was not finished, and everything here is about a part of it"
      : report.noResponseReason ?? report.unfinishedReason
    return JUnitCase(
      group: "run", name: "came to its end and got responses", seconds: seconds,
      outcome: reason.map { .error(message: $0) } ?? .passed(""))
  }

  private var thresholdCases: [JUnitCase] {
    report.thresholds.map { threshold in
      let was = "was \(threshold.shown)"
      return JUnitCase(
        group: "threshold", name: threshold.expression,
        outcome: threshold.passed ? .passed(was) : .failure(message: was, type: "threshold", text: overview))
    }
  }

  /// What failed in the run, a line each.
  private var overview: String {
    report.failureKinds.map { "\(HumanText.grouped($0.count)) × \($0.title): \($0.advice)" }.joined(separator: "\n")
  }

  private var expectationCases: [JUnitCase] {
    let expect = report.options.expect
    var names = ["status"]
    for header in expect.headers {
      let name = "header \(header.prefix { $0 != ":" })"
      if !names.contains(name) { names.append(name) }
    }
    if expect.gzip { names.append("gzip") }
    if expect.sha256 != nil { names.append("sha256") }
    if expect.lengthBytes != nil { names.append("length") }
    if expect.decodedSHA256 != nil { names.append("sha256-decoded") }
    if expect.decodedLengthBytes != nil { names.append("length-decoded") }
    for name in report.missedExpectations.keys.sorted() where !names.contains(name) { names.append(name) }
    return names.map { name in
      guard name != "status" else { return statusCase(expect.status) }
      let kind = report.failureKinds.first { $0.outcome == "expectation \(name)" }
      return JUnitCase(group: "expectation", name: name, outcome: outcome(kind, always: true))
    }
  }

  private func statusCase(_ expected: [String]) -> JUnitCase {
    let unexpected = report.unexpectedStatuses
    let list = unexpected.map { "\($0.status): \($0.count)" }.joined(separator: ", ")
    let count = unexpected.reduce(0) { $0 &+ $1.count }
    let kind = FailureKind(
      outcome: "status", cause: nil, count: count, advice: list,
      evidence: report.evidence.filter { $0.outcome.hasPrefix("status ") })
    return JUnitCase(
      group: "expectation", name: "status \(expected.joined(separator: ","))",
      outcome: outcome(count > 0 ? kind : nil, always: report.missedExpectations["status"] != nil))
  }

  private var transportCases: [JUnitCase] {
    TransportOutcome.allCases.filter { $0 != .complete && $0 != .cutByDeadline }.map { outcome in
      let kind = report.failureKinds.first { $0.outcome == outcome.rawValue }
      return JUnitCase(group: "transport", name: "no stream \(outcome.rawValue)", outcome: self.outcome(kind))
    }
  }

  /// Without verdicts there is nothing to list: a case that nothing tests must not be green.
  private var gzipCases: [JUnitCase] {
    guard ["full", "compare"].contains(report.options.validate) else { return [] }
    return Verdict.allCases.filter(\.isInvalid).map { verdict in
      let kind = report.failureKinds.first { $0.outcome == verdict.rawValue }
      return JUnitCase(group: "gzip", name: "no body \(verdict.rawValue)", outcome: outcome(kind))
    }
  }

  private var causeCases: [JUnitCase] {
    report.failureKinds.filter { $0.cause != nil }.map {
      JUnitCase(group: "cause", name: "no \($0.title)", outcome: outcome($0))
    }
  }

  /// - Parameter always: fails whatever thresholds say; an expectation does.
  private func outcome(_ kind: FailureKind?, always: Bool = false) -> JUnitCase.Outcome {
    guard let kind else { return .passed("") }
    let message = "\(HumanText.grouped(kind.count)) of \(HumanText.grouped(report.totals.streams)) streams"
    let text = ([kind.advice] + kind.evidence.map { "\n" + $0.lines.joined(separator: "\n") }).joined(separator: "\n")
    guard isRed || always else { return .passed(message + ", which the thresholds allow\n" + text) }
    return .failure(message: message, type: kind.outcome, text: text)
  }
}
