import TestSupport
import Testing

@testable import ProxyCore

/// The expectations that many items share, each with all that it implies.

/// The request is answered by the proxy itself, the connection ends, what follows on it is never acted on, and the origin
/// has seen nothing.
func expectRefusal(
  _ request: String, _ status: Int, cause: String? = nil, _ pace: Wire.Pace = .atOnce,
  with change: (inout ProxyConfiguration) -> Void = { _ in }, location: SourceLocation = #_sourceLocation
) async throws {
  let origin = try ScriptedOrigin.answering(Wire.good)
  let answer = try await withProxy(to: origin.url, change) {
    try await ask($0.port, request + Wire.smuggled, pace)
  }
  let shown = request.prefix(200).debugDescription
  #expect(answer.statuses == [status], "\(shown)", sourceLocation: location)
  #expect(answer.text.contains("connection: close\r\n"), "\(shown)", sourceLocation: location)
  #expect(
    answer.text.contains("proxy-status: gzproxy; error=http_request_error; status-code=\(status); cause="),
    "\(shown)", sourceLocation: location)
  if let cause {
    #expect(answer.text.contains("; cause=\(cause)\r\n"), "\(shown) \(answer.text)", sourceLocation: location)
  }
  #expect(answer.end == .fin, "\(shown)", sourceLocation: location)
  #expect(origin.connections == 0, "\(shown)", sourceLocation: location)
}

/// The client is told 502 with `cause` and its connection goes on; the upstream's is given up, and the next request gets
/// another.
func expectBadGateway(
  _ response: String, cause: String, token: String = "http_protocol_error", to method: String = "GET",
  _ pace: Wire.Pace = .atOnce, with change: (inout ProxyConfiguration) -> Void = { _ in },
  location: SourceLocation = #_sourceLocation
) async throws {
  let origin = try ScriptedOrigin.saying(response + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", pace)
  try await withProxy(to: origin.url, change) { server async throws in
    let (first, second) = try await blocking {
      let client = try SocketPeer.connect(port: server.port)
      client.put(Wire.keep(method: method))
      let first = client.takeResponse(toHead: method == "HEAD") ?? "nothing"
      client.put(Wire.get())
      return (first, client.takeAll())
    }
    let shown = response.prefix(200).debugDescription
    #expect(first.hasPrefix("HTTP/1.1 502 Bad Gateway\r\n"), "\(shown) \(first)", sourceLocation: location)
    #expect(
      first.contains("proxy-status: gzproxy; error=\(token); cause=\(cause)\r\n"), "\(shown) \(first)",
      sourceLocation: location)
    #expect(second.statuses == [200] && second.text.hasSuffix("good"), "\(shown)", sourceLocation: location)
    #expect(await eventually { origin.isBurnt }, "\(shown)", sourceLocation: location)
    #expect(origin.connections == 2, "\(shown)", sourceLocation: location)
  }
}

/// The client gets `head` and `body` as far as they came and then a plain end: no last chunk, nothing added; the upstream's
/// connection is given up.
func expectCut(
  _ response: String, body: String, to request: String = Wire.get(), _ pace: Wire.Pace = .atOnce,
  then ending: Ending = .open, end: SocketPeer.End = .fin, with change: (inout ProxyConfiguration) -> Void = { _ in },
  location: SourceLocation = #_sourceLocation
) async throws {
  let origin = try ScriptedOrigin.saying(response, pace, then: ending)
  try await withProxy(to: origin.url, change) { server async throws in
    let answer = try await ask(server.port, request)
    let shown = response.prefix(300).debugDescription
    #expect(answer.statuses.first == 200, "\(shown)", sourceLocation: location)
    #expect(answer.text.httpBody == body, "\(shown)", sourceLocation: location)
    #expect(answer.end == end, "\(shown)", sourceLocation: location)
    if ending != .reset { #expect(await eventually { origin.isBurnt }, "\(shown)", sourceLocation: location) }
    #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"), sourceLocation: location)
  }
}

/// The head that the origin gets for `request`, line by line; this run's token and ports as words.
func upstreamHead(
  _ request: String, _ pace: Wire.Pace = .atOnce, with change: (inout ProxyConfiguration) -> Void = { _ in }
) async throws -> [String] {
  let origin = try ScriptedOrigin { peer, origin in
    while let head = peer.takeHead() {
      origin.note(head)
      guard peer.put(Wire.good) else { return }
    }
  }
  let port = try await withProxy(to: origin.url, change) { server async throws in
    try await blocking {
      let client = try SocketPeer.connect(port: server.port)
      client.put(request, pace)
      _ = client.takeHead()
    }
    return server.port
  }
  let head = origin.requests.first ?? ""
  return head.replacing("127.0.0.1:\(origin.port)", with: "ORIGIN").replacing("-port: \(port)", with: "-port: PORT")
    .split(separator: "\r\n").map(String.init)
}

/// The lines that the proxy writes at a request's end, for a client at 127.0.0.1 that asked `pub`.
let ownLines = [
  "forwarded: for=127.0.0.1;host=\"pub\";proto=http", "x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http",
  "x-forwarded-host: pub", "x-forwarded-port: PORT", "x-request-id: me", "via: 1.1 gzproxy-X", "cdn-loop: gzproxy-X",
]
