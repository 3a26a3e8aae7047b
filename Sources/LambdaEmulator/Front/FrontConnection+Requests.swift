internal import NIOCore
internal import NIOHTTP1

extension HTTPRequestHead {
  /// Whether the body is held back until it is asked for; of an HTTP/1.0 client that is never so (RFC 9110 §10.1.1).
  var expectsContinue: Bool {
    (version.major, version.minor) >= (1, 1) && headers.first(name: "expect")?.lowercased() == "100-continue"
  }
}

/// A request, from its parts to the exchange that answers it.
extension FrontConnection {
  func take(_ part: HTTPServerRequestPart) {
    switch (state, part) {
    case (.idle, .head(let head)): begin(head)
    case (.receiving(let head, var body), .body(let buffer)):
      // Its buffer is unique again while it grows.
      state = .idle
      body.writeImmutableBuffer(buffer)
      state = .receiving(head, body)
      refuseIfTooLarge(head, body.readableBytes)
    case (.receiving(let head, let body), .end):
      state = .answering
      emulator.take(request(head, body), on: makeExchange(head))
    default: break
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    // Behind an Upgrade or CONNECT the parser gives up on what follows; so do we.
    keepsAlive =
      head.isKeepAlive && !isDraining && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
    state = .receiving(head, ByteBuffer())
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
      refuseIfTooLarge(head, length)
    }
    guard case .receiving = state, head.expectsContinue else { return }
    send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    flush()
  }

  /// Answered before the rest arrives; the connection ends, since what follows is still the body.
  private func refuseIfTooLarge(_ head: HTTPRequestHead, _ count: Int) {
    guard count > emulator.bodyLimit else { return }
    keepsAlive = false
    answer(head, .requestTooLarge)
  }

  func answer(_ head: HTTPRequestHead, _ cause: FrontCause) {
    state = .answering
    let exchange = makeExchange(head)
    exchange.refuse(cause)
  }

  private func makeExchange(_ head: HTTPRequestHead) -> FrontExchange {
    requestCame()
    let sent = head.headers.first(name: "x-amzn-trace-id")
    let rules = FrontRules(
      front: emulator.configuration.front, requestID: InvocationID.requestID(),
      traceID: InvocationID.traceID(from: sent, milliseconds: EventTime.milliseconds()),
      isHead: head.method == .HEAD, isHTTP10: head.version == .http1_0,
      trailerEffect: emulator.configuration.trailerEffect)
    let made = FrontExchange(connection: self, rules: rules)
    exchange = made
    return made
  }

  private func request(_ head: HTTPRequestHead, _ body: ByteBuffer) -> IncomingRequest {
    IncomingRequest(
      head, body: body, clientAddress: context?.remoteAddress?.ipAddress ?? "127.0.0.1",
      port: context?.localAddress?.port ?? 0)
  }
}
