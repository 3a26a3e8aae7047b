internal import NIOCore
internal import NIOHTTP1

/// What the naive proxy makes of heads and bodies. Pure, and wrong on purpose in one place.
enum NaiveRules {
  private static let hopByHop: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// The request for the upstream, on a connection of its own.
  static func request(_ head: HTTPRequestHead, authority: String, bodyLength: Int) -> HTTPRequestHead {
    var headers = HTTPHeaders([("Host", authority)])
    for (name, value) in head.headers where !["host", "content-length"].contains(name.lowercased()) {
      if !hopByHop.contains(name.lowercased()) { headers.add(name: name, value: value) }
    }
    if bodyLength > 0 { headers.add(name: "Content-Length", value: "\(bodyLength)") }
    headers.add(name: "Connection", value: "close")
    return HTTPRequestHead(version: .http1_1, method: head.method, uri: head.uri, headers: headers)
  }

  /// The head for the client: all of the upstream's headers, then chunks announced beside them. The mistake is that
  /// Content-Length is among them.
  static func response(_ head: HTTPResponseHead, hasBody: Bool, keepAlive: Bool) -> ByteBuffer {
    var out = ByteBufferAllocator().buffer(capacity: 512)
    out.writeString("HTTP/1.1 \(head.status.code) \(head.status.reasonPhrase)\r\n")
    for (name, value) in head.headers where !hopByHop.contains(name.lowercased()) {
      out.writeString("\(name): \(value)\r\n")
    }
    if hasBody { out.writeStaticString("Transfer-Encoding: chunked\r\n") }
    if !keepAlive { out.writeStaticString("Connection: close\r\n") }
    out.writeStaticString("\r\n")
    return out
  }

  static func hasBody(_ status: HTTPResponseStatus, to method: HTTPMethod) -> Bool {
    method != .HEAD && status.code >= 200 && status.code != 204 && status.code != 304
  }

  static func failure(_ text: String) -> ByteBuffer {
    ByteBuffer(
      string: "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: \(text.utf8.count)\r\n"
        + "Connection: close\r\n\r\n" + text)
  }

  static let lastChunk = "0\r\n\r\n"
}
