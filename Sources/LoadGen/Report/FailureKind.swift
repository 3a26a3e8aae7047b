internal import ToolSupport

/// A way to fail that streams of a run had, with what is known of it: what JUnit, Markdown and HTML list.
struct FailureKind {
  /// As evidence names it: `truncated`, `reset`, `status 502`, `expectation length`.
  var outcome: String
  /// The cause's name, of an answer that has one.
  var cause: String?
  var count: Int
  var advice: String
  /// The first few streams that failed so.
  var evidence: [EvidenceEntry]

  /// `502 function_error`, `truncated`.
  var title: String {
    guard let cause else { return outcome }
    return outcome.hasPrefix("status ") ? "\(outcome.dropFirst(7)) \(cause)" : "\(outcome) (\(cause))"
  }
}

extension RunReport {
  /// Every kind of failure, the layer nearest to the wire first: transport, causes of statuses that were not expected,
  /// verdicts, missed expectations. A stream may stand in two of them: a body that was cut is no whole gzip either.
  var failureKinds: [FailureKind] { transportFailures + statusFailures + verdictFailures + expectationFailures }

  private var transportFailures: [FailureKind] {
    transportOrder.compactMap { name, count in
      let fine: [TransportOutcome] = [.complete, .cutByDeadline]
      guard let outcome = TransportOutcome(rawValue: name), !fine.contains(outcome) else { return nil }
      return kind(name, count, else: Advice.text(transport: outcome))
    }
  }

  private var verdictFailures: [FailureKind] {
    verdictOrder.compactMap { name, count in
      guard let verdict = Verdict(rawValue: name), verdict.isInvalid else { return nil }
      return kind(name, count, else: Advice.text(verdict: verdict))
    }
  }

  /// Statuses that evidence calls failures, or whose expectation was missed, by cause where there is one.
  private var statusFailures: [FailureKind] {
    unexpectedStatuses.flatMap { status, count -> [FailureKind] in
      let causes = httpCauses[status, default: [:]].sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      guard !causes.isEmpty else {
        return [kind("status \(status)", count, else: "the answer's status is not among the expected ones")]
      }
      return causes.map { name, count in
        let advice = FailureCause(rawValue: name).map { Advice.text(cause: $0) } ?? ""
        return kind("status \(status)", cause: name, count, else: advice)
      }
    }
  }

  private var expectationFailures: [FailureKind] {
    missedExpectations.sorted { $0.key < $1.key }.filter { $0.key != "status" }.map { name, count in
      kind("expectation \(name)", count, else: "the response is not what --expect-… asks for")
    }
  }

  /// What of the command line an expectation comes from, by its name in reports (`Accountant.Account.missed`).
  static func option(expectation name: String) -> String {
    if name == "gzip" { return "--expect gzip" }
    return "--expect-" + name
  }

  /// Codes outside of what was expected, with the streams that had them.
  var unexpectedStatuses: [(status: String, count: Int)] {
    let expected = Expectations(statusTexts: options.expect.status)
    return status.sorted { $0.key < $1.key }.compactMap { text, count in
      guard let code = Int(text), code != 0, !expected.accepts(status: code) else { return nil }
      return (text, count)
    }
  }

  private func kind(_ outcome: String, cause: String? = nil, _ count: Int, else advice: String) -> FailureKind {
    let found = evidence.filter { $0.outcome == outcome && (cause == nil || $0.cause == cause) }
    let first = found.first?.advice ?? ""
    return FailureKind(
      outcome: outcome, cause: cause, count: count, advice: first.isEmpty ? advice : first, evidence: found)
  }
}

extension Expectations {
  /// Of a report's `["200", "300-399"]`; what is none of these is left out.
  fileprivate init(statusTexts: [String]) {
    self.init()
    statuses = statusTexts.compactMap { text in
      let ends = text.split(separator: "-").compactMap { Int($0) }
      guard let low = ends.first, let high = ends.last, low <= high else { return nil }
      return low...high
    }
  }
}

extension EvidenceEntry {
  /// The beginning and the end of the body as a person reads them; empty without a body.
  var bodyLines: [String] {
    var lines: [String] = []
    if !bodyHead.isEmpty { lines.append("begins  " + ByteText.hexadecimal(Array(bodyHead.prefix(32)))) }
    if let text = ByteText.readable(bodyHead, limit: 200) { lines.append("        " + text) }
    if !bodyTailHex.isEmpty { lines.append("ends    " + bodyTailHex) }
    return lines
  }

  /// The whole piece as lines of text, nothing in it that moves a cursor.
  var lines: [String] {
    let status = status.map { "status \($0)" } ?? "no response"
    var lines = ["stream \(stream): \(outcome)" + (outcome == status ? "" : ", \(status)"), ShownText.clean(url)]
    lines += headers.map { ShownText.clean("\($0.name): \($0.value)") }
    return lines + bodyLines
  }
}
