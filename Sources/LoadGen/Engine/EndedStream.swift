/// Everything that is known of a stream when it is over, before it is counted.
struct EndedStream {
  var transport: TransportOutcome
  /// Empty, status 0, when no final head was complete.
  var head: ResponseHead
  var judgement: BodyJudgement
  /// The body's first bytes, at most `Evidence.headLimit`, and its last, at most `Evidence.tailLimit`. Empty where nobody will look:
  /// of a stream that is ok while nobody follows single ones.
  var bodyHead: [UInt8] = []
  var bodyTail: [UInt8] = []
  var account: Accountant.Account
  /// libcurl's own words for what went wrong below HTTP, on one line; empty where it had none.
  var detail = ""
  /// Why it could not be, where that is known better than from the outcome: a body's file that changed, a version of HTTP
  /// that was not wanted.
  var explanation: String?
  /// The head's framing contradicted itself.
  var hasConflictingFraming = false
  /// Of an answer with status 400 and above.
  var classification: FailureClassifier.Classification?
  var wait: StreamWait
  var isBandwidthCapped = false

  /// `502 function_error`, else the reason: what a dashboard's column has room for.
  var shortCause: String {
    guard let classification, account.reason.hasPrefix("status ") else { return account.reason }
    return "\(head.status) \(classification.cause.rawValue)"
  }

  /// One line of what to do. Empty where nothing went wrong.
  var advice: String {
    if transport != .complete {
      if let explanation { return explanation }
      return Advice.text(
        transport: transport,
        seen: Advice.Seen(
          detail: detail, hasConflict: hasConflictingFraming, status: head.status, version: head.version,
          bytes: judgement.bytesWire, isBandwidthCapped: isBandwidthCapped))
    }
    let others = account.explanations.dropFirst(account.reason.hasPrefix("status ") ? 1 : 0).joined(separator: "; ")
    let main = classification?.advice ?? (judgement.verdict.isInvalid ? Advice.text(judgement: judgement) : "")
    // A status that nobody expected and that is no failure of its own (a redirect) has nothing but its explanation.
    guard !main.isEmpty else { return account.explanations.joined(separator: "; ") }
    return others.isEmpty ? main : "\(main); besides, \(others)"
  }
}
