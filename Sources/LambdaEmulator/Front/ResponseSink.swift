internal import NIOCore

/// Where a response goes: the front's side of one exchange with a client. On the event loop.
///
/// Calls after the end, and all calls once the client has left, do nothing.
protocol ResponseSink: AnyObject {
  /// Whether the client is still there. A function is not told when it leaves: its stream goes on, to nobody.
  var isOpen: Bool { get }
  /// Whether the client takes more now. True when it has left.
  var isWritable: Bool { get }
  var rules: FrontRules { get }
  /// Called whenever `isWritable` becomes true.
  var onWritable: (() -> Void)? { get set }

  /// In place of the head.
  func refuse(_ cause: FrontCause)
  func begin(_ head: FrontHead)
  /// What is written leaves with the next `flush`.
  func write(_ buffer: ByteBuffer)
  func flush()
  func end(trailers: [FunctionResponse.Field])
  /// Ends the connection so that the client can see that the body is not whole.
  func cut()
}
