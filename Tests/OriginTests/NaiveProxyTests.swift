import NIOHTTP1
import TestSupport
import Testing

@testable import Origin

struct NaiveProxyTests {
  private func withProxy(_ body: @escaping @Sendable (_ proxy: Int, _ origin: Int) throws -> Void) async throws {
    let origin = try await OriginServer.start()
    let proxy = try await NaiveProxyServer.start(upstreamHost: "127.0.0.1", upstreamPort: origin.port)
    let ports = (proxy.port, origin.port)
    do {
      try await RawClient.run { try body(ports.0, ports.1) }
    } catch {
      await proxy.shutdown()
      await origin.shutdown()
      throw error
    }
    await proxy.shutdown()
    await origin.shutdown()
  }

  /// The mistake: two lengths. All else is as the origin sent it.
  @Test func contentLengthStandsBesideChunked() async throws {
    let whole = GzipBodyTests.all(try GzipBodyTests.body(3_000_000))
    try await withProxy { proxy, origin in
      let direct = try get(origin, "/gzip/3000000")
      let client = try RawClient(port: proxy)
      // Twice on one connection: the chunked reading of it is sound.
      for _ in 0..<2 {
        try client.send("GET /gzip/3000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try #require(RawResponse(client.read(through: "\r\n\r\n")))
        #expect(head.statusLine == "HTTP/1.1 200 OK")
        #expect(head.field("Content-Length") == "\(whole.count)")
        #expect(head.field("Transfer-Encoding") == "chunked")
        let unchanged = direct.fields.filter { !["Date", "Connection"].contains($0.name) }
        #expect(head.fields.map(\.name) == ["Date"] + unchanged.map(\.name) + ["Transfer-Encoding"])
        var body: [UInt8] = []
        while true {
          let line = String(decoding: client.read(through: "\r\n").dropLast(2), as: UTF8.self)
          let size = try #require(Int(line, radix: 16))
          body += client.read(size)
          #expect(client.read(2) == [13, 10])
          if size == 0 { break }
        }
        #expect(body == whole)
      }
    }
  }

  @Test func whatHasNoBodyGetsNoChunks() async throws {
    try await withProxy { proxy, _ in
      let (head, _) = try exchange(proxy, "/gzip/1000", method: "HEAD", headers: ["Connection: close"])
      #expect(head.status == 200 && head.body.isEmpty && head.field("Transfer-Encoding") == nil)
      let tag = head.field("ETag") ?? ""
      let unchanged = try get(proxy, "/gzip/1000", "If-None-Match: \(tag)")
      #expect(unchanged.status == 304 && unchanged.body.isEmpty)
    }
  }

  @Test func anUpstreamThatBreaksOffIsPassedOn() async throws {
    try await withProxy { proxy, _ in
      let response = try get(proxy, "/gzip/100000?fault=cut")
      #expect(response.status == 200 && !response.dechunked.isWhole)
      let reset = try get(proxy, "/gzip/100000?framing=chunked&fault=reset")
      #expect(!reset.dechunked.isWhole)
    }
  }

  @Test func anUpstreamThatIsNotThereIsA502() async throws {
    // A port that was free a moment ago.
    let origin = try await OriginServer.start()
    let port = origin.port
    await origin.shutdown()
    let proxy = try await NaiveProxyServer.start(upstreamHost: "127.0.0.1", upstreamPort: port)
    let proxyPort = proxy.port
    let response = try await RawClient.run { try get(proxyPort, "/gzip/1") }
    #expect(response.status == 502)
    await proxy.shutdown()
  }

  @Test func aClientThatDoesNotReadHoldsTheUpstreamBack() async throws {
    let origin = try await OriginServer.start()
    let proxy = try await NaiveProxyServer.start(upstreamHost: "127.0.0.1", upstreamPort: origin.port)
    let port = proxy.port
    try await RawClient.run {
      let client = try RawClient(port: port)
      try client.send("GET /gzip/1GiB?ratio=1 HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(!client.read(through: "\r\n\r\n").isEmpty)
      // Until nothing moves any more: every buffer on the way is full.
      var last: Int64 = -1
      var now = origin.counts.bodyBytes
      for _ in 0..<50 where now != last {
        last = now
        _ = try get(origin.port, "/gzip/10?delay=150ms")
        now = origin.counts.bodyBytes - 1
      }
      #expect(now < 200 << 20)
    }
    await proxy.shutdown()
    await origin.shutdown()
  }

  @Test func requestsAreForwardedAsTheyAre() {
    let head = HTTPRequestHead(
      version: .http1_1, method: .GET, uri: "/gzip/1?fault=cut@50%",
      headers: HTTPHeaders([
        ("Host", "a"), ("Connection", "keep-alive"), ("Range", "bytes=0-1"), ("X", "1"), ("x", "2"),
      ]))
    let forwarded = NaiveRules.request(head, authority: "origin:80", bodyLength: 0)
    #expect(forwarded.uri == head.uri)
    #expect(
      forwarded.headers.map { "\($0.name): \($0.value)" } == [
        "Host: origin:80", "Range: bytes=0-1", "X: 1", "x: 2", "Connection: close",
      ])
  }
}
