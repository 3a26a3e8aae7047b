import TestSupport
import Testing

@testable import ProxyCore

/// Over real sockets: what a response is at the upstream it is at the client.
@Suite struct PassthroughTests {
  static let ok = "HTTP/1.1 200 OK\r\n"

  @Test func aCountedBodyIsExact() async throws {
    let body = String((0..<200_000).map { Character(UnicodeScalar(UInt8(33 + $0 % 90))) })
    let origin = try ScriptedOrigin.answering(
      "\(Self.ok)Content-Encoding: gzip\r\nETag: \"e\"\r\nContent-Length: 200000\r\n\r\n\(body)")
    let (text, end) = try await withProxy(to: origin.url) {
      try await exchange($0.port, get("/p?q=%2F", "X-Request-Id: me\r\n"))
    }
    #expect(text.httpBody == body)
    #expect(
      text.contains("Content-Length: 200000\r\n") && text.contains("ETag: \"e\"\r\n")
        && text.contains("x-request-id: me\r\n"))
    #expect(!text.contains("transfer-encoding"))
    #expect(end == .fin)
    #expect(origin.requests.first?.hasPrefix("GET /p?q=%2F HTTP/1.1\r\nhost: 127.0.0.1:\(origin.port)\r\n") == true)
  }

  @Test func chunksAreRelayedVerbatimAndTheirTrailersOnlyToWhoAsked() async throws {
    let body = "5;x=y\r\nhello\r\n00a\r\n0123456789\r\n0\r\n"
    let origin = try ScriptedOrigin.answering(
      "\(Self.ok)Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\(body)X-Sum: 1\r\nHost: no\r\n\r\n")
    try await withProxy(to: origin.url) { server async throws in
      let plain = try await exchange(server.port, get()).text
      #expect(plain.httpBody == body + "\r\n")
      #expect(!plain.contains("Trailer"))
      let asked = try await exchange(
        server.port, "GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nConnection: close, TE\r\n\r\n"
      ).text
      #expect(asked.httpBody == body + "X-Sum: 1\r\n\r\n")
      #expect(asked.contains("Trailer: X-Sum"))
    }
  }

  @Test func aBodyThatEndsWithItsConnectionBecomesChunks() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.0 200 OK\r\n\r\nhello")
      peer.finish()
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let new = try await exchange(server.port, get())
      #expect(new.text.contains("transfer-encoding: chunked"))
      #expect(new.text.httpBody == "5\r\nhello\r\n0\r\n\r\n")
      let old = try await exchange(server.port, "GET / HTTP/1.0\r\n\r\n")
      #expect(old.text.httpBody == "hello" && old.end == .fin)
      #expect(old.text.contains("connection: close") && !old.text.contains("chunked"))
    }
  }

  @Test func chunksAreTakenOffForHTTP10() async throws {
    let origin = try ScriptedOrigin.answering(
      "\(Self.ok)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    let old = try await withProxy(to: origin.url) {
      try await exchange($0.port, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    }
    #expect(old.text.httpBody == "abcde" && old.end == .fin)
    #expect(!old.text.lowercased().contains("transfer-encoding") && old.text.contains("connection: close"))
  }

  @Test func bodilessResponsesLeaveTheConnectionInStep() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        if head.hasPrefix("HEAD") { peer.write("\(Self.ok)Content-Length: 99\r\nContent-Encoding: gzip\r\n\r\n") }
        if head.hasPrefix("GET /204") { peer.write("HTTP/1.1 204 N\r\nContent-Length: 9\r\n\r\n") }
        if head.hasPrefix("GET /304") { peer.write("HTTP/1.1 304 N\r\nContent-Length: 9\r\nETag: \"x\"\r\n\r\n") }
        if head.hasPrefix("GET /last") { peer.write("\(Self.ok)Content-Length: 2\r\n\r\nok") }
      }
    }
    let text = try await withProxy(to: origin.url) { server async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        var all = ""
        for request in ["HEAD /", "GET /204", "GET /304"] {
          client.write("\(request) HTTP/1.1\r\nHost: a\r\n\r\n")
          all += client.readHead() ?? "none"
        }
        client.write(get("/last"))
        return all + String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
    }
    #expect(text.contains("Content-Length: 99") && text.contains("Content-Encoding: gzip"))
    #expect(text.split(separator: "\r\n").filter { $0 == "Content-Length: 9" }.count == 1)
    #expect(text.hasSuffix("\r\n\r\nok"))
    #expect(origin.connections == 1)
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        let path = head.split(separator: " ")[1]
        guard peer.write("\(Self.ok)Content-Length: \(path.utf8.count)\r\n\r\n\(path)") else { return }
      }
    }
    try await withProxy(to: origin.url) { server async throws in
      let requests = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
      let text = try await exchange(server.port, requests + get("/end")).text
      let bodies = text.split(separator: "HTTP/1.1 200 OK").map { String($0).httpBody }
      #expect(bodies == (0..<20).map { "/\($0)" } + ["/end"])
      // A bad request behind a good one must not cost the good one its response.
      let bad = try await exchange(server.port, "GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET /bad\r\n\r\n")
      #expect(bad.text.contains("/good") && bad.text.contains("HTTP/1.1 400 Bad Request") && bad.end == .fin)
    }
    #expect(origin.connections <= 2)
  }

  @Test(arguments: [
    "Content-Length: 11\r\n\r\nhello world",
    "Transfer-Encoding: chunked\r\n\r\n6;e\r\nhello \r\n5\r\nworld\r\n0\r\nT: 1\r\n\r\n",
  ])
  func requestBodiesGoUpInTheirFraming(_ body: String) async throws {
    let isChunked = body.hasPrefix("Transfer")
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.readHead() ?? "")
      let got =
        isChunked ? peer.read(through: "\r\n\r\n") : peer.read(count: 11).map { String(decoding: $0, as: UTF8.self) }
      origin.note(got ?? "")
      peer.write("\(Self.ok)Content-Length: 0\r\nConnection: close\r\n\r\n")
    }
    try await withProxy(to: origin.url) { server async throws in
      let text = try await exchange(server.port, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(body)").text
      #expect(text.hasPrefix(Self.ok))
    }
    #expect(origin.requests.last == body.httpBody)
    #expect(
      origin.requests.first?.lowercased().contains(isChunked ? "transfer-encoding: chunked" : "content-length: 11")
        == true)
  }

  @Test func interimResponsesComeFirst() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        peer.write(
          "HTTP/1.1 103 Early\r\nLink: a\r\nConnection: x\r\nX: 1\r\n\r\nHTTP/1.1 100 C\r\n\r\n\(Self.ok)Content-Length: 0\r\n\r\n"
        )
      }
    }
    try await withProxy(to: origin.url) { server async throws in
      let new = try await exchange(server.port, get()).text
      #expect(new.hasPrefix("HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK"))
      let old = try await exchange(server.port, "GET / HTTP/1.0\r\n\r\n").text
      #expect(old.hasPrefix(Self.ok))
    }
  }

  @Test func expectContinuePassesAndAnEarlyAnswerIsDelivered() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        if head.hasPrefix("POST /no") {
          peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        } else {
          peer.write("HTTP/1.1 100 Continue\r\n\r\n")
          _ = peer.read(count: 4)
          peer.write("\(Self.ok)Content-Length: 2\r\n\r\nok")
        }
      }
    }
    try await withProxy(to: origin.url) { server async throws in
      let fields = "Host: a\r\nExpect: 100-continue\r\nContent-Length: "
      let texts = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write("POST /yes HTTP/1.1\r\n\(fields)4\r\n\r\n")
        let interim = client.readHead() ?? ""
        client.write("body")
        let final = client.readHead() ?? ""
        _ = client.read(count: 2)
        client.write("POST /no HTTP/1.1\r\n\(fields)9000000\r\n\r\n")
        let refused = String(decoding: client.readToEnd().bytes, as: UTF8.self)
        return [interim, final, refused]
      }
      #expect(texts[0] == "HTTP/1.1 100 Continue\r\n\r\n")
      #expect(texts[1].hasPrefix(Self.ok))
      #expect(texts[2].hasPrefix("HTTP/1.1 413") && texts[2].contains("connection: close") && texts[2].hasSuffix("no"))
    }
  }

  /// The answer arrives although the client is still sending: no reset destroys it.
  @Test func anAnswerDuringAnUploadSurvives() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nnope")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let (text, end) = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        client.write([UInt8](repeating: 120, count: 3_000_000))
        let (bytes, end) = client.readToEnd()
        return (String(decoding: bytes, as: UTF8.self), end)
      }
      #expect(text.hasPrefix("HTTP/1.1 401 No") && text.hasSuffix("nope") && end == .fin)
    }
  }
}
