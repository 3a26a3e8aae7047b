internal import NIOCore

/// One call of the function, from the client's request to its response. On the event loop.
final class Invocation {
  let id: String
  let traceID: String
  /// Tells this delivery from another of the same request: a runtime may say it back.
  let attempt = InvocationID.requestID()
  let event: ByteBuffer
  let sink: any ResponseSink
  /// When it came to a runtime, in place of which stands when it arrived.
  private(set) var startedAt: NIODeadline
  private(set) var deadlineMilliseconds: Int64 = 0
  /// What it was delivered on.
  weak var carrier: RuntimeConnection?
  /// Once the runtime has begun to respond.
  var relay: (any ResponseRelay)?
  /// Runs from the delivery to the slot's being free again.
  var timer: Scheduled<Void>?
  /// The first failure. Later ones follow from it.
  private(set) var failure: FunctionFailure?

  init(facts: InvocationFacts, event: ByteBuffer, sink: any ResponseSink) {
    id = facts.requestID
    traceID = facts.traceID
    self.event = event
    self.sink = sink
    startedAt = .now()
  }

  func begin(timeout: Duration) {
    startedAt = .now()
    deadlineMilliseconds = EventTime.milliseconds() &+ timeout.milliseconds
  }

  /// Ends it towards the client, once.
  ///
  /// - Parameter answer: what the runtime is told if its upload is still under way.
  func fail(_ failure: FunctionFailure, answer: RuntimeAnswer? = nil) {
    let isFirst = self.failure == nil
    if isFirst { self.failure = failure }
    // The client may have been told already; the runtime's upload has to end all the same.
    if let relay { relay.abort(failure, answer: answer) } else if isFirst { sink.refuse(failure.cause) }
  }

  /// A failure that the client has been told of already, or is not told of.
  func note(_ failure: FunctionFailure) {
    if self.failure == nil { self.failure = failure }
  }
}

/// Why an invocation failed.
struct FunctionFailure: Error, Equatable {
  /// As AWS names it: `Runtime.ExitError`.
  var type: String
  var cause: FrontCause
  /// For the log.
  var message: String

  static func timeout(_ limit: Duration) -> FunctionFailure {
    let seconds = limit.milliseconds
    let fraction = String(1000 + seconds % 1000).dropFirst().prefix(2)
    return FunctionFailure(
      type: "Sandbox.Timedout", cause: .timeout, message: "Task timed out after \(seconds / 1000).\(fraction) seconds")
  }
}

extension Duration {
  /// Whole ones, rounded down.
  var milliseconds: Int64 { components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000 }
  var nanoseconds: Int64 { components.seconds &* 1_000_000_000 &+ components.attoseconds / 1_000_000_000 }
}
