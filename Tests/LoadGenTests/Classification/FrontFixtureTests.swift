import NIOCore
import Testing

@testable import LoadGen
@testable import Origin

/// The fronts of gzorigin once more, without an engine or a socket: what the classifier makes of each answer by itself, by the
/// failure that it stands for.
@Suite struct FrontFixtureTests {
  /// What went wrong, and who stands before the function.
  struct Row: Sendable, CustomTestStringConvertible {
    var what: String
    var front: Front
    var cause: FailureCause
    /// A second cause for the same answer, by the time that it took.
    var slow: FailureCause?
    var testDescription: String { "\(what): \(front.rawValue)" }
  }

  static let rows: [Row] = [
    Row(what: "an error, a crash, an exit", front: .functionURL502, cause: .functionError),
    Row(what: "an error, a crash, an exit", front: .rest502, cause: .functionError),
    Row(what: "an error, a crash, an exit", front: .httpAPI500, cause: .functionError),
    Row(what: "an error, headers of the wrong kind, over 1 MB", front: .alb502, cause: .albInvalidResponse),
    Row(what: "the gateway's limit of 29 s", front: .rest504, cause: .gatewayTimeout, slow: .gatewayTimeout),
    Row(
      what: "throttled, or the gateway's limit of 30 s", front: .httpAPI503, cause: .throttled, slow: .gatewayTimeout),
    Row(what: "no answer in time", front: .alb504, cause: .gatewayTimeout, slow: .gatewayTimeout),
    Row(what: "a request too large", front: .rest413, cause: .requestTooLarge),
    Row(what: "a request too large", front: .httpAPI413, cause: .requestTooLarge),
    Row(what: "a request too large", front: .alb413, cause: .requestTooLarge),
    Row(what: "too many invocations", front: .throttle429, cause: .throttled),
    Row(what: "too many requests", front: .rest429, cause: .throttled),
    Row(what: "too many requests", front: .httpAPI429, cause: .throttled),
    Row(what: "too many invocations, or no target", front: .alb503, cause: .throttled),
    Row(what: "not allowed", front: .functionURL403, cause: .forbidden),
    Row(what: "no such path, or no signature", front: .rest403, cause: .forbidden),
    Row(what: "not allowed", front: .httpAPI403, cause: .forbidden),
    Row(what: "a prelude that cannot be read", front: .rest500, cause: .preludeInvalid),
  ]

  @Test(arguments: rows) func anAnswerHasItsCause(_ row: Row) throws {
    let plan = try #require(row.front.error)
    #expect(Self.classify(plan, seconds: 0.1)?.cause == row.cause)
    #expect(Self.classify(plan, seconds: 31)?.cause == row.slow ?? row.cause)
  }

  /// Fronts that pass on what is broken are judged by their bodies (`CauseTableTests`); all others stand above.
  @Test func noneIsLeftOut() {
    #expect(Set(Self.rows.map(\.front)) == Set(Front.allCases.filter { $0.error != nil }))
  }

  private static func classify(_ plan: ResponsePlan, seconds: Double) -> FailureClassifier.Classification? {
    var body: [UInt8] = []
    for case .bytes(let buffer) in plan.segments { body += buffer.readableBytesView }
    let head = LoadGen.ResponseHead(
      status: plan.head.status, fields: plan.head.fields.map { (String($0.name), String($0.value)) })
    return FailureClassifier.classify(
      head: head, bodyHead: Array(body.prefix(256)), bodyTail: Array(body.suffix(16)), bytes: Int64(body.count),
      seconds: seconds)
  }
}
