import Digest
import NIOCore
import TestSupport
import Testing
import ToolSupport

@testable import Origin

/// The server over real sockets: conditions, ranges, connections, pages.
struct OriginServerTests {
  @Test func aWholeBodyWithEverythingThatDescribesIt() async throws {
    let body = try GzipBodyTests.body(300_000, members: 2, seed: 5)
    let whole = GzipBodyTests.all(body)
    try await withOrigin { port in
      let response = try get(port, "/gzip/300000?members=2&seed=5")
      #expect(response.statusLine == "HTTP/1.1 200 OK")
      #expect(response.body == whole)
      #expect(
        response.fields.map(\.name) == [
          "Date", "Content-Type", "Content-Encoding", "ETag", "Accept-Ranges", "Vary", "Repr-Digest", "Content-Length",
          "Connection",
        ])
      #expect(response.field("ETag") == body.entityTag)
      #expect(response.field("Accept-Ranges") == "bytes" && response.field("Vary") == "Accept-Encoding")
      #expect(response.field("Content-Encoding") == "gzip")
      #expect(response.field("Repr-Digest") == "sha-256=:\(Base64.encode(SHA256.hash(data: whole))):")
    }
  }

  @Test func digestsAreTakenWhereTheyAreCheapOrWanted() async throws {
    try await withOrigin { port in
      // 128 MiB at ratio 1: more than is hashed unasked.
      let large = "/gzip/128MiB?ratio=1"
      func head(_ target: String, _ headers: String...) throws -> RawResponse {
        try exchange(port, target, method: "HEAD", headers: ["Connection: close"] + headers).response
      }
      let unasked = try head(large)
      #expect(unasked.field("Repr-Digest") == nil)
      #expect(try head(large, "Want-Repr-Digest: sha-256=5").field("Repr-Digest")?.hasPrefix("sha-256=:") == true)
      #expect(try head("/gzip/10").field("Repr-Digest") != nil)
      #expect(try head("/gzip/10", "Want-Repr-Digest: sha-256=0").field("Repr-Digest") == nil)
    }
  }

  @Test(arguments: ["framing=length", "framing=chunked&chunk=777", "framing=close"])
  func rangesAreSlices(framing: String) async throws {
    let whole = GzipBodyTests.all(try GzipBodyTests.body(300_000))
    try await withOrigin { port in
      for (range, slice) in [
        ("100-199", 100..<200), ("-50", whole.count - 50..<whole.count), ("70000-", 70_000..<whole.count),
      ] {
        let response = try get(port, "/gzip/300000?\(framing)", "Range: bytes=\(range)")
        #expect(response.statusLine == "HTTP/1.1 206 Partial Content")
        #expect(response.field("Content-Range") == "bytes \(slice.lowerBound)-\(slice.upperBound - 1)/\(whole.count)")
        let data = framing.contains("chunked") ? response.dechunked.data : response.body
        #expect(data == Array(whole[slice]))
      }
    }
  }

  @Test func conditionsAreEvaluated() async throws {
    try await withOrigin { port in
      let whole = try get(port, "/gzip/1000")
      let tag = whole.field("ETag") ?? ""
      let unchanged = try get(port, "/gzip/1000", "If-None-Match: \(tag)")
      #expect(unchanged.statusLine == "HTTP/1.1 304 Not Modified" && unchanged.body.isEmpty)
      #expect(unchanged.field("ETag") == tag && unchanged.field("Content-Length") == nil)
      #expect(try get(port, "/gzip/1000", "If-Range: \(tag)", "Range: bytes=0-1").status == 206)
      #expect(try get(port, "/gzip/1000", "If-Range: \"x\"", "Range: bytes=0-1").status == 200)
      #expect(try get(port, "/gzip/1000", "If-Match: \"x\"").status == 412)
      #expect(try get(port, "/gzip/1000", "Range: bytes=0-1, 5-6").body == whole.body)
      let beyond = try get(port, "/gzip/1000", "Range: bytes=5000-")
      #expect(beyond.statusLine == "HTTP/1.1 416 Range Not Satisfiable")
      #expect(beyond.field("Content-Range") == "bytes */\(whole.body.count)")
    }
  }

  @Test func theLastMebibyteOfFiveGibibytesIsThereAtOnce() async throws {
    let body = try GzipBodyTests.body(5 << 30)
    let expected = Array(body.bytes(body.length - (1 << 20)..<body.length).readableBytesView)
    try await withOrigin { port in
      let response = try get(port, "/gzip/5GiB", "Range: bytes=-1048576")
      #expect(response.status == 206 && response.body == expected)
      #expect(response.field("Content-Range")?.hasSuffix("/\(body.length)") == true)
    }
  }

  @Test func memoryDoesNotGrowWithTheBody() async throws {
    try await withOrigin { port in
      func drain(_ target: String) throws -> Int {
        let client = try RawClient(port: port)
        try client.send("GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return client.drain()
      }
      _ = try drain("/gzip/16MiB?ratio=1")
      let before = Memory.resident()
      #expect(try drain("/gzip/768MiB?ratio=1") > 760 << 20)
      // Other tests run in this process too; 768 MiB would still stand out.
      #expect(Memory.resident() - before < 300 << 20)
    }
  }

  // MARK: Methods, versions, connections

  @Test(arguments: [
    "/gzip/1000", "/gzip/1000?framing=chunked", "/gzip/1000?fault=cut", "/front/rest-502", "/hello", "/", "/stats",
  ])
  func headIsGetWithoutItsBody(target: String) async throws {
    try await withOrigin { port in
      let client = try RawClient(port: port)
      try client.send(
        "HEAD \(target) HTTP/1.1\r\nHost: x\r\n\r\nGET /none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      let head = try #require(RawResponse(client.read(through: "\r\n\r\n")))
      let next = try #require(RawResponse(client.readToEnd().bytes))
      #expect(next.status == 404)
      let full = try get(port, target)
      let changing: Set<String> = ["date", "connection", "content-length"]
      func stable(_ response: RawResponse) -> [String] {
        response.fields.filter { !changing.contains($0.name.lowercased()) }.map { "\($0.name): \($0.value)" }
      }
      #expect(head.statusLine == full.statusLine && stable(head) == stable(full))
      if target != "/stats" { #expect(head.field("Content-Length") == full.field("Content-Length")) }
    }
  }

  @Test func everyCleanResponseLeavesTheConnectionUsable() async throws {
    let targets = [
      "/gzip/100KiB", "/gzip/100KiB?framing=chunked", "/gzip/0", "/gzip/0?framing=chunked", "/gzip/1000?fault=crc",
      "/gzip/1000?fault=truncate", "/gzip/1000?framing=chunked&fault=truncate@0", "/gzip/1000?fault=not_gzip",
      "/nothing",
      "/gzip/x", "/front/alb-502", "/front/in-band-error", "/gzip/1000?fault=length_and_chunked", "/stats", "/",
    ]
    try await withOrigin { port in
      let client = try RawClient(port: port)
      for target in targets {
        try client.send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try #require(RawResponse(client.read(through: "\r\n\r\n")), "\(target)")
        #expect(head.field("Connection") == nil, "\(target)")
        if head.field("Transfer-Encoding") == "chunked" {
          let ending = client.read(through: "0\r\n\r\n").suffix(5)
          #expect(Array(ending) == Array("0\r\n\r\n".utf8), "\(target)")
        } else {
          let length = try #require(head.field("Content-Length").flatMap(Int.init), "\(target)")
          #expect(client.read(length).count == length, "\(target)")
        }
      }
      try client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(client.readToEnd().end == .fin)
    }
  }

  @Test func pipelinedRequestsAreAnsweredInTheirOrder() async throws {
    try await withOrigin { port in
      let client = try RawClient(port: port)
      let sizes = Array(0..<60) + [200_000, 3]
      let requests = sizes.map { "GET /gzip/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined()
      try client.send(requests)
      for size in sizes {
        let head = try #require(RawResponse(client.read(through: "\r\n\r\n")))
        let length = try #require(head.field("Content-Length").flatMap(Int.init))
        let inflated = Gunzip.of(client.read(length))
        #expect(inflated.verdict == .whole && inflated.decodedCount == size)
      }
    }
  }

  @Test func aRequestMayComeByteByByte() async throws {
    try await withOrigin { port in
      let client = try RawClient(port: port)
      for byte in Array("GET /gzip/10 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8) {
        try client.send([byte])
      }
      let response = try #require(RawResponse(client.readToEnd().bytes))
      #expect(Gunzip.of(response.body).decodedCount == 10)
    }
  }

  @Test func http10GetsNoChunks() async throws {
    let whole = GzipBodyTests.all(try GzipBodyTests.body(100_000))
    try await withOrigin { port in
      let (chunked, end) = try exchange(port, "/gzip/100000?framing=chunked", version: "1.0")
      #expect(chunked.body == whole && end == .fin)
      #expect(chunked.field("Transfer-Encoding") == nil && chunked.field("Connection") == "close")
      let (length, _) = try exchange(port, "/gzip/100000", version: "1.0")
      #expect(length.body == whole && length.field("Content-Length") == "\(whole.count)")
      let client = try RawClient(port: port)
      try client.send("GET /gzip/100000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let kept = try #require(RawResponse(client.read(through: "\r\n\r\n")))
      #expect(kept.field("Connection") == "keep-alive")
      #expect(client.read(whole.count) == whole)
      try client.send("GET / HTTP/1.0\r\n\r\n")
      #expect(RawResponse(client.readToEnd().bytes)?.status == 200)
    }
  }

  @Test func whatIsNotServedIsSaid() async throws {
    try await withOrigin { port in
      let missing = try get(port, "/nothing")
      #expect(missing.status == 404 && String(decoding: missing.body, as: UTF8.self).contains("/nothing"))
      #expect(try get(port, "/front/nothing").status == 404)
      let (post, _) = try exchange(
        port, "/gzip/1", method: "POST", headers: ["Connection: close", "Content-Length: 0"])
      #expect(post.status == 405 && post.field("Allow") == "GET, HEAD")
      let bad = try get(port, "/gzip/1?chunk=0")
      #expect(bad.status == 400 && bad.body == Array("chunk=0: must be a size from 1 to 16MiB\n".utf8))
      let client = try RawClient(port: port)
      try client.send("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n")
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.status == 400 && end == .fin)
    }
  }

  @Test func aDelayComesBeforeTheHeadAndAPaceAfterIt() async throws {
    try await withOrigin { port in
      let clock = ContinuousClock()
      var start = clock.now
      let delayed = try get(port, "/gzip/10?delay=120ms")
      #expect(delayed.status == 200 && clock.now - start >= .milliseconds(120))
      // 43 KB of wire bytes at 200 KB a second, less the first step.
      start = clock.now
      let paced = try get(port, "/gzip/43000?ratio=1&pace=200kB&framing=chunked&chunk=5000")
      #expect(Gunzip.of(paced.dechunked.data).decodedCount == 43_000)
      #expect(clock.now - start >= .milliseconds(190))
    }
  }

  @Test func helloComesOneCharacterAtATime() async throws {
    try await withOrigin { port in
      let response = try get(port, "/hello")
      let expected = Page.greeting.utf8.map { "1\r\n\(Character(Unicode.Scalar($0)))\r\n" }.joined() + "0\r\n\r\n"
      #expect(String(decoding: response.body, as: UTF8.self) == expected)
    }
  }

  @Test func statsCountWhatWasServed() async throws {
    let server = try await OriginServer.start()
    let port = server.port
    let json = try await RawClient.run {
      _ = try get(port, "/gzip/1000")
      _ = try get(port, "/gzip/1000?fault=crc")
      _ = try get(port, "/nothing")
      return String(decoding: try get(port, "/stats").body, as: UTF8.self)
    }
    #expect(json.hasPrefix(#"{"requests":4,"responses":{"200":2,"404":1},"body_bytes":"#), "\(json)")
    #expect(json.contains(#""completed_bodies":3,"abandoned_bodies":0,"faults":{"crc":1},"connections":4,"#), "\(json)")
    await server.shutdown()
  }

  @Test func aDrainLetsResponsesEndAndNoMoreBegin() async throws {
    let server = try await OriginServer.start()
    let port = server.port
    let idle = try RawClient(port: port)
    let busy = try RawClient(port: port)
    try await RawClient.run {
      try busy.send("GET /gzip/40000?ratio=1&pace=100kB HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(!busy.read(through: "\r\n\r\n").isEmpty)
    }
    let draining = Task { await server.drain() }
    try await RawClient.run {
      #expect(idle.readToEnd().end == .fin)
      let (bytes, end) = busy.readToEnd()
      #expect(Gunzip.of(bytes).decodedCount == 40_000 && end == .fin)
      #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
    }
    await draining.value
    #expect(server.counts.activeConnections == 0 && server.counts.completedBodies == 1)
  }
}
