import NIOCore

@testable import ProxyCore

/// What a request costs gzproxy besides the kernel.
enum ProxyCases {
  static let all: [Micro.Case] = [
    Micro.Case(name: "request-head", what: "a request's head parsed: a line and seven fields") {
      try parsed(.request, requestText)
    },
    Micro.Case(name: "request-rules", what: "what a request's head says, and whether it may go on") {
      let head = try read(.request, requestText)
      return { (try? RequestRules.read(head, makeID: { "made" }).requestID.utf8.count) ?? 0 }
    },
    Micro.Case(
      name: "request-forwarded", what: "the head that goes to the upstream, for a client that has asked before"
    ) {
      let head = try read(.request, requestText)
      let facts = try RequestRules.read(head, makeID: { "made" })
      var context = RequestForwarding.Context(
        upstream: try UpstreamTarget(url: "http://up:9000"), hostPolicy: .rewrite, hopToken: "gzproxy-1",
        writesVia: true,
        clientAddress: "192.0.2.1", trustsPeer: false, localPort: 8080)
      context.known = .init(head, facts, context)
      return { (try? RequestForwarding.head(head, facts, context).readableBytes) ?? 0 }
    },
    Micro.Case(name: "response-head", what: "a response's head parsed: a line and nine fields") {
      try parsed(.response, responseText)
    },
    Micro.Case(name: "response-forwarded", what: "what a response's head says, and the head that goes to the client") {
      let head = try read(.response, responseText)
      return {
        guard let facts = try? ResponseFacts.read(head, toHead: false, framing: .http(.http11)) else { return 0 }
        let context = ResponseForwarding.Context(
          viaToken: "gzproxy-1", requestID: "made", clientVersion: .http11, acceptsTrailers: false, toHead: false,
          closes: false, telemetry: nil)
        return ResponseForwarding.head(head, facts, context).readableBytes
      }
    },
    Micro.Case(name: "relay-counted", what: "64 KiB of a body with a length, passed on") {
      let piece = ByteBuffer(repeating: 7, count: 65_536)
      return relayed(BodyRelay(.length(.max)), piece)
    },
    Micro.Case(name: "relay-chunked", what: "64 KiB in chunks of 4 KiB, tracked and passed on") {
      relayed(BodyRelay(.chunked), chunks(of: 4096, count: 16))
    },
    Micro.Case(name: "relay-small-chunks", what: "64 KiB in chunks of 64 bytes, tracked and passed on") {
      relayed(BodyRelay(.chunked), chunks(of: 64, count: 1024))
    },
  ]

  private static let requestText =
    "GET /objects/2026/11/data.json.gz?part=17 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: gzload/1.0\r\n"
    + "Accept: */*\r\nAccept-Encoding: gzip\r\nX-Request-Id: 0af7651916cd43dd8448eb211c80319c\r\n"
    + "Authorization: Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\nCache-Control: no-cache\r\n\r\n"
  private static let responseText =
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Mon, 23 Nov 2026 10:00:00 GMT\r\nContent-Type: application/json\r\n"
    + "Content-Length: 8388608\r\nLast-Modified: Sun, 22 Nov 2026 10:00:00 GMT\r\nConnection: keep-alive\r\n"
    + "ETag: \"6742c0a0-800000\"\r\nContent-Encoding: gzip\r\nAccept-Ranges: bytes\r\n\r\n"

  private static func parsed(_ kind: HeadParser.Kind, _ text: String) throws -> () -> Int {
    _ = try read(kind, text)
    var parser = HeadParser(kind, limits: HeadLimits())
    let bytes = ByteBuffer(string: text)
    return {
      var buffer = bytes
      guard case .head(let head) = parser.parse(&buffer) else { return 0 }
      return head.fields.count
    }
  }

  private static func read(_ kind: HeadParser.Kind, _ text: String) throws -> MessageHead {
    var parser = HeadParser(kind, limits: HeadLimits())
    var buffer = ByteBuffer(string: text)
    guard case .head(let head) = parser.parse(&buffer) else { throw ProxyCause.malformedRequest }
    return head
  }

  private static func chunks(of size: Int, count: Int) -> ByteBuffer {
    let chunk = "\(String(size, radix: 16))\r\n" + String(repeating: "a", count: size) + "\r\n"
    return ByteBuffer(string: String(repeating: chunk, count: count))
  }

  private static func relayed(_ start: BodyRelay, _ piece: ByteBuffer) -> () -> Int {
    var relay = start
    return {
      var (buffer, count) = (piece, 0)
      guard relay.receive(&buffer, emit: { count &+= $0.readableBytes }) == .more else { return 0 }
      return count
    }
  }
}
