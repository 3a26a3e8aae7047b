internal import NIOCore

/// The event as a request. All of it is there from the beginning.
extension Invocation {
  func serve(_ event: LambdaEvent) {
    caller = InvocationCaller(event)
    body = ByteBuffer(bytes: event.body)
    var message: ByteBuffer
    do { message = try EventRequest.head(event, trace: trace) } catch { return refuse(error, head: nil) }
    var parser = HeadParser(.request, limits: loop.limits.requestHead)
    switch parser.parse(&message) {
    case .incomplete: refuse(.malformedRequest, head: nil)
    case .fault(let fault): refuse(ProxyCause(request: fault), head: nil)
    case .head(let head):
      if case .request(_, _, let target) = head.start { caller.target = head.text(target) }
      serve(head) { id }
    }
  }

  var clientAddress: String { caller.address }
  var unreadBytes: Int { 0 }
  var isRequestPaused: Bool { false }
  func pauseRequest() {}
  func resumeRequest() {}

  func feedRequestBody(to exchange: Exchange) {
    guard body.readableBytes > 0 else { return }
    var bytes = body
    body = ByteBuffer()
    _ = exchange.clientRead(&bytes)
  }

  func requestHead(
    _ head: MessageHead, _ facts: RequestFacts, to target: UpstreamTarget
  ) throws(ProxyCause) -> ByteBuffer {
    let configuration = loop.shared.configuration
    let context = RequestForwarding.Context(
      upstream: target, hostPolicy: configuration.hostPolicy, hopToken: loop.shared.hopToken,
      writesVia: configuration.via, clientAddress: clientAddress,
      trustsPeer: configuration.trustedProxies.contains { $0.contains(clientAddress) },
      localPort: caller.isTLS ? 443 : 80, scheme: caller.isTLS ? "https" : "http")
    return try RequestForwarding.head(head, facts, context)
  }
}
