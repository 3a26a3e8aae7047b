internal import NIOCore

/// A response from its bytes to the head that goes to each kind of client.
enum ResponseRulesFuzz {
  private static let ownNames: Set<String> = ["via", "x-request-id", "connection", "transfer-encoding"]

  private static let requests: [RequestFacts] = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
    "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n",
  ].compactMap { text in
    guard let head = ParsedHead.of(.request, [Array(text.utf8)]).head else { return nil }
    return try? RequestRules.read(head, makeID: { "made" })
  }

  static func run(_ input: [UInt8]) {
    guard let head = ParsedHead.of(.response, [input]).head, case .response(let status, _) = head.start else { return }
    let plain = PlainHead(head)
    if status < 200 {
      if status != 101 { checkInterim(head, plain) }
      return
    }
    for request in requests {
      let framing = ResponseDelivery.Framing.http(request.version)
      guard let facts = try? ResponseFacts.read(head, toHead: request.method == .head, framing: framing) else {
        continue
      }
      for closes in [false, true] {
        let context = ResponseForwarding.Context(
          viaToken: closes ? nil : "gzproxy-1", requestID: "made", clientVersion: request.version,
          acceptsTrailers: request.acceptsTrailers, toHead: request.method == .head, closes: closes, telemetry: nil)
        check(ResponseForwarding.head(head, facts, context), plain, facts, request)
      }
    }
  }

  private static func check(_ bytes: ByteBuffer, _ input: PlainHead, _ facts: ResponseFacts, _ request: RequestFacts) {
    guard let (out, head) = OutputRules.read(.response, bytes) else { return }
    let isBodiless = facts.status == 204
    OutputRules.check(out, madeFrom: input, ownNames: ownNames, connection: ["close", "keep-alive"])
    OutputRules.checkEndToEnd(
      out, madeFrom: input, ownNames: ownNames, mayBeDropped: isBodiless ? ["content-length", "trailer"] : ["trailer"])
    require(out.version == .http11 && out.first == input.first && out.second == input.second, "status line of \(out)")
    require(out.values("x-request-id").count == 1, "x-request-id")
    let framed = !out.values("content-length").isEmpty || !out.values("transfer-encoding").isEmpty
    if isBodiless { require(!framed, "framing on a \(facts.status)") }
    if request.version == .http10 {
      require(out.values("transfer-encoding").isEmpty, "Transfer-Encoding to HTTP/1.0")
      if facts.framing == .chunked { require(!framed, "a length for a body that ends with the connection") }
    }
    // What the client will make of the head is what the relay was told to make for it.
    let seen = try? FramingRules.response(head, status: facts.status, toHead: request.method == .head)
    require(seen == facts.clientFraming, "the client sees \(String(describing: seen)), we send \(facts.clientFraming)")
  }

  private static func checkInterim(_ head: MessageHead, _ input: PlainHead) {
    guard let (out, _) = OutputRules.read(.response, ResponseForwarding.interim(head)) else { return }
    OutputRules.check(out, madeFrom: input, ownNames: [], connection: [])
    OutputRules.checkEndToEnd(
      out, madeFrom: input, ownNames: [],
      mayBeDropped: [
        "content-length", "trailer", "x-request-id", "x-gzproxy-instance", "x-gzproxy-rss-bytes", "x-gzproxy-active",
      ])
    require(out.first == input.first && out.second == input.second, "status line of \(out)")
    for name in ["content-length", "transfer-encoding", "connection", "te"] {
      require(out.values(name).isEmpty, "\(name) on an interim response")
    }
  }
}
