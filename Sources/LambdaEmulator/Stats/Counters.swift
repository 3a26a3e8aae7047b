/// What has happened, in an environment or in all of them.
struct Counters: Equatable, Sendable {
  var invocations = 0
  var failures = 0
  var timeouts = 0
  var throttled = 0
  /// By type, as `Runtime.ExitError`. A runtime names them: at most `limit` different ones, the rest together.
  var failuresByType: [String: Int] = [:]

  static let limit = 100

  mutating func note(_ failure: FunctionFailure) {
    failures += 1
    if failure.cause == .timeout { timeouts += 1 }
    let isKnown = failuresByType[failure.type] != nil || failuresByType.count < Self.limit
    failuresByType[isKnown ? failure.type : "other", default: 0] += 1
  }
}
