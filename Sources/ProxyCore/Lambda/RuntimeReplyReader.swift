internal import NIOCore

/// Reads the answers of the Runtime API off a connection, one after the other. Pure; bounded by the limits of heads and of
/// events.
struct RuntimeReplyReader {
  enum Result {
    case more
    case reply(RuntimeReply)
    /// Not HTTP, or larger than an event may be.
    case fault
  }

  private var parser = HeadParser(.response, limits: HeadLimits())
  private var head: MessageHead?
  private var status = 0
  private var relay: BodyRelay?
  private var persists = false
  private var body = ByteBuffer()

  mutating func read(_ bytes: inout ByteBuffer) -> Result {
    while relay == nil {
      switch parser.parse(&bytes) {
      case .incomplete: return .more
      case .fault: return .fault
      case .head(let head):
        guard case .response(let status, _) = head.start else { return .fault }
        if status < 200 { continue }
        guard begin(head, status) else { return .fault }
      }
    }
    return readBody(&bytes)
  }

  private mutating func begin(_ head: MessageHead, _ status: Int) -> Bool {
    guard let framing = try? FramingRules.response(head, status: status, toHead: false) else { return false }
    let options = HopByHop.Options(head)
    persists = HopByHop.isPersistent(head.version, options) && framing != .close
    if case .length(let length) = framing {
      guard length <= LambdaSettings.eventLimit else { return false }
      body.reserveCapacity(Int(length))
    }
    relay = BodyRelay(framing, conversion: framing == .chunked ? .withoutChunks : .verbatim)
    self.head = head
    self.status = status
    return true
  }

  private mutating func readBody(_ bytes: inout ByteBuffer) -> Result {
    var body = self.body
    self.body = ByteBuffer()
    let progress = relay?.receive(&bytes) { body.writeImmutableBuffer($0) } ?? .fault
    self.body = body
    guard body.readableBytes <= LambdaSettings.eventLimit else { return .fault }
    switch progress {
    case .more: return .more
    case .fault: return .fault
    case .complete: return take()
    }
  }

  /// The connection's clean end, which may be the end of an answer too.
  mutating func finish() -> Result {
    guard relay?.finish(emit: { _ in }) == .complete else { return .fault }
    return take()
  }

  private mutating func take() -> Result {
    guard let head else { return .fault }
    let reply = RuntimeReply(head: head, status: status, body: body, persists: persists)
    self = RuntimeReplyReader()
    return .reply(reply)
  }
}
