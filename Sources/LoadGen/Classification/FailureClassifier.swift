/// Says why a 4xx or 5xx was answered: a pure function of what the client saw.
enum FailureClassifier {
  struct Classification: Sendable, Equatable {
    var cause: FailureCause
    /// One line: what it means and what to look at.
    var advice: String
  }

  /// Nil when the status is below 400.
  static func classify(
    head: ResponseHead, bodyHead: [UInt8], bodyTail: [UInt8], bytes: Int64, seconds: Double
  ) -> Classification? {
    guard head.status >= 400 else { return nil }
    return Classification(cause: .unknown, advice: "")
  }
}
