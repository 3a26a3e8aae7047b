import TestSupport
import Testing

@testable import ProxyCore

/// Requests that come back, and those that are counted (RFC 9110 §7.6.2, §7.6.3; RFC 8586).
@Suite("Checklist B: loops and Max-Forwards") struct ChecklistBLoops {
  /// An origin that sends each request back to the proxy it came from, without the fields in `dropping`.
  static func mirror(dropping name: String) throws -> ScriptedOrigin {
    try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        let lines = head.split(separator: "\r\n").filter { !$0.hasPrefix(name) }
        let port = lines.first { $0.hasPrefix("x-forwarded-port: ") }?.dropFirst(18)
        guard let port, let number = Int(port), let back = try? SocketPeer.connect(port: number) else { return }
        back.write(lines.joined(separator: "\r\n") + "\r\n\r\n")
        guard let response = back.takeResponse(), peer.put(response) else { return }
      }
    }
  }

  @Test("B6 a request that comes back is 502, found by Via or by CDN-Loop", arguments: ["via: ", "cdn-loop: ", "none"])
  func b06Loop(_ dropped: String) async throws {
    let origin = try Self.mirror(dropping: dropped)
    let answer = try await withProxy(to: origin.url) { try await ask($0.port, Wire.get()) }
    #expect(answer.statuses == [502])
    #expect(answer.text.contains("error=proxy_loop_detected; cause=loop_detected\r\n"))
    #expect(origin.requests.count == 1)
  }

  @Test("B6 loops are found with --via off too")
  func b06LoopWithoutVia() async throws {
    let origin = try Self.mirror(dropping: "none")
    let answer = try await withProxy(to: origin.url, { $0.via = false }) { try await ask($0.port, Wire.get()) }
    #expect(answer.statuses == [502] && answer.text.contains("; cause=loop_detected\r\n"))
    #expect(origin.requests.count == 1)
  }

  @Test("B6 two gzproxies in a row are no loop, and CDN-Loop keeps its members")
  func b06TwoInARow() async throws {
    let origin = try ScriptedOrigin.answering(Wire.good)
    try await withProxy(to: origin.url) { inner async throws in
      try await withProxy(to: "http://127.0.0.1:\(inner.port)") { outer async throws in
        let fields = "CDN-Loop: cdn.example; v=\"1, 2\", other\r\nCDN-Loop: third\r\n"
        #expect(try await ask(outer.port, Wire.get("/", fields)).text.hasSuffix("good"))
      }
    }
    let head = Wire.withoutToken(origin.requests.first ?? "")
    let members = head.split(separator: "\r\n").filter { $0.lowercased().hasPrefix("cdn-loop") }
    #expect(
      members == [
        "CDN-Loop: cdn.example; v=\"1, 2\", other", "CDN-Loop: third", "cdn-loop: gzproxy-X", "cdn-loop: gzproxy-X",
      ])
  }

  @Test("B6 OPTIONS with Max-Forwards 0 is answered here", arguments: ["*", "/x"], ["0", "000"])
  func b06MaxForwardsZero(_ target: String, _ count: String) async throws {
    let origin = try ScriptedOrigin.answering(Wire.good)
    try await withProxy(to: origin.url) { server async throws in
      let request = Wire.keep(target, "Max-Forwards: \(count)\r\n", method: "OPTIONS")
      let answer = try await ask(server.port, request + Wire.get())
      #expect(answer.statuses == [200, 200] && answer.text.hasSuffix("good"))
      #expect(answer.text.contains("allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n"))
      #expect(answer.text.contains("content-length: 0\r\n\r\nHTTP/1.1 200 OK"))
    }
    #expect(origin.requests.count == 1 && origin.requests.first?.hasPrefix("GET ") == true)
  }

  @Test(
    "B6 OPTIONS with Max-Forwards goes on with one less",
    arguments: [("1", "0"), ("10", "9"), ("9223372036854775807", "9223372036854775806")])
  func b06MaxForwardsCounts(_ sent: String, _ passed: String) async throws {
    let lines = try await upstreamHead(
      Wire.keep("*", "Max-Forwards: \(sent)\r\nConnection: Max-Forwards\r\n", method: "OPTIONS"))
    #expect(lines == ["OPTIONS * HTTP/1.1", "host: ORIGIN"] + ownLines + ["max-forwards: \(passed)"])
  }

  @Test("B6 Max-Forwards means nothing to other methods, and its absence nothing to OPTIONS")
  func b06MaxForwardsElsewhere() async throws {
    #expect(
      try await upstreamHead(Wire.keep("/", "Max-Forwards: 0\r\n"))
        == ["GET / HTTP/1.1", "host: ORIGIN", "Max-Forwards: 0"] + ownLines)
    #expect(
      try await upstreamHead(Wire.keep("/", method: "OPTIONS")) == ["OPTIONS / HTTP/1.1", "host: ORIGIN"] + ownLines)
  }

  @Test(
    "B6 a malformed Max-Forwards is refused",
    arguments: ["", "-1", "+1", "1, 1", "x", "1\r\nMax-Forwards: 1", "99999999999999999999"])
  func b06MaxForwardsMalformed(_ value: String) async throws {
    try await expectRefusal(
      "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: \(value)\r\n\r\n", 400, cause: "malformed_request")
  }

  @Test("B6 TRACE is refused", arguments: ["", "Max-Forwards: 0\r\n", "Max-Forwards: 9\r\n"])
  func b06Trace(_ fields: String) async throws {
    try await expectRefusal("TRACE / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", 405, cause: "method_not_allowed")
  }
}
