/// Says what a stream counts as: transport × status × verdict × expectations → ok, failed or cut by the
/// deadline. Pure.
///
/// Expectations are asked only where there is something to ask: fields of any response, the body's length and digest
/// of a whole body with an accepted status (a 502's page is not the body that was meant).
struct Accountant: Sendable {
  enum Result: Sendable, Equatable {
    case ok
    case failed
    case cutByDeadline
  }

  struct Account: Sendable, Equatable {
    var result: Result
    /// What made it a failure, the layer nearest to the wire first: `reset`, `status 502`, `truncated`,
    /// `expectation length`. Empty unless failed.
    var reason = ""
    /// The expectations of the command line that were missed: `status`, `header NAME`, `sha256`, `length`,
    /// `sha256-decoded`, `length-decoded`, `gzip`. A status outside of what is good anyhow is a failure and no missed
    /// expectation: nobody asked.
    var missed: [String] = []
    /// For each missed one, what came instead.
    var explanations: [String] = []
  }

  /// Of what was missed, so much is explained for a stream.
  static let maximumExplanations = 4

  let expectations: Expectations

  /// - Parameter expectsBody: false for a HEAD, whose answer has no body to measure.
  func account(
    transport: TransportOutcome, head: ResponseHead, judgement: BodyJudgement, expectsBody: Bool = true
  ) -> Account {
    guard transport != .cutByDeadline else { return Account(result: .cutByDeadline) }
    var account = Account(result: .ok)
    if head.status != 0 {
      checkStatus(head, &account)
      checkHeaders(head, &account)
    }
    if transport == .complete, expectsBody, expectations.accepts(status: head.status) {
      checkBody(judgement, status: head.status, &account)
    }
    account.reason = reason(transport, head.status, judgement.verdict, account.missed)
    if !account.reason.isEmpty { account.result = .failed }
    return account
  }

  private func reason(
    _ transport: TransportOutcome, _ status: Int, _ verdict: Verdict, _ missed: [String]
  ) -> String {
    if transport != .complete { return transport.rawValue }
    if status != 0, !expectations.accepts(status: status) { return "status \(status)" }
    if verdict.isInvalid { return verdict.rawValue }
    return missed.first.map { "expectation \($0)" } ?? ""
  }

  private func checkStatus(_ head: ResponseHead, _ account: inout Account) {
    guard !expectations.accepts(status: head.status) else { return }
    account.explanations.append("status \(head.status) is not among the expected ones")
    if expectations.asksForStatus { account.missed.append("status") }
  }

  private func checkHeaders(_ head: ResponseHead, _ account: inout Account) {
    for (name, value) in expectations.headers where !isThere(name, value, head) {
      account.miss("header \(name)") {
        // A secret is neither shown as it came nor as it was expected.
        guard !HeaderText.isSecret(name) else {
          return head.value(name) == nil ? "the response has no \(name)" : "\(name) is not the expected one"
        }
        let expected = value.isEmpty ? "" : ", expected '\(value)'"
        let came = head.values(name).map { "'\($0)'" }.joined(separator: " and ")
        return came.isEmpty ? "the response has no \(name)" + expected : "\(name) is \(came)" + expected
      }
    }
  }

  private func isThere(_ name: String, _ value: String, _ head: ResponseHead) -> Bool {
    let values = head.values(name)
    return value.isEmpty ? !values.isEmpty : values.contains(value)
  }

  private func checkBody(_ body: BodyJudgement, status: Int, _ account: inout Account) {
    if let expected = expectations.sha256, body.sha256 != expected {
      account.miss("sha256") { "the body's SHA-256 is \(body.sha256 ?? "unknown"), expected \(expected)" }
    }
    if let expected = expectations.length, body.bytesWire != expected {
      account.miss("length") { "the body has \(body.bytesWire) bytes, expected \(expected)" }
    }
    checkDecoded(body, &account)
    if expectations.gzip, isNotGzip(body.verdict, status) {
      account.miss("gzip") { "the body is not gzip (\(body.verdict.rawValue))" }
    }
  }

  /// Of a body that is not a whole gzip stream nothing is known here, and what is not known is not as expected.
  private func checkDecoded(_ body: BodyJudgement, _ account: inout Account) {
    guard expectations.decodedSHA256 != nil || expectations.decodedLength != nil else { return }
    let isWhole = body.verdict == .valid
    let instead = "nothing to compare: the body is no whole gzip stream (\(body.verdict.rawValue))"
    if let expected = expectations.decodedSHA256, !isWhole || body.decodedSHA256 != expected {
      account.miss("sha256-decoded") {
        isWhole ? "decoded, the body's SHA-256 is \(body.decodedSHA256 ?? "unknown"), expected \(expected)" : instead
      }
    }
    if let expected = expectations.decodedLength, !isWhole || body.bytesDecoded != expected {
      account.miss("length-decoded") {
        isWhole ? "decoded, the body has \(body.bytesDecoded) bytes, expected \(expected)" : instead
      }
    }
  }

  /// A broken gzip body is still gzip; an empty answer to a GET, other than 204 and 304, is not. Neither is what could not
  /// be judged, a part of a body (206) or a redirect's page: an expectation that nothing tests must not pass.
  private func isNotGzip(_ verdict: Verdict, _ status: Int) -> Bool {
    switch verdict {
    case .decodedOnTheWay, .notGzip, .base64Text, .preludeLeaked: true
    case .empty: (200..<300).contains(status)
    case .unchecked: (200..<400).contains(status) && status != 204 && status != 304
    default: false
    }
  }
}

extension Accountant.Account {
  fileprivate mutating func miss(_ what: String, _ explain: () -> String) {
    missed.append(what)
    // A list of a hundred headers, all of them missed, is not worth a page for each stream.
    guard explanations.count < Accountant.maximumExplanations else { return }
    let text = explain()
    if !explanations.contains(text) { explanations.append(text) }
  }
}
