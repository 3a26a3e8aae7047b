import Testing
import ToolSupport

@testable import LoadGen

/// What goes out: the request as the server received it, and the connections it came over.
@Suite struct RequestTests {
  private func request(_ change: (inout LoadPlan) -> Void = { _ in }) throws -> ScriptedServer.Request {
    try #require(EngineHarness.run({ _ in [.send(EngineHarness.hello)] }, change).requests.first)
  }

  @Test func defaults() throws {
    let request = try request()
    #expect(request.method == "GET")
    #expect(request.values("accept-encoding") == ["gzip"])
    #expect(request.values("user-agent") == ["gzload/\(ToolVersion.current)"])
    #expect(request.values("expect").isEmpty)
    #expect(request.body.isEmpty)
  }

  @Test func ownHeadersReplaceTheDefaults() throws {
    let request = try request { $0.headers = ["accept-encoding: br", "User-Agent: me", "X-A: 1", "X-A: 2"] }
    #expect(request.values("accept-encoding") == ["br"])
    #expect(request.values("user-agent") == ["me"])
    #expect(request.values("x-a") == ["1", "2"])
  }

  @Test(arguments: ["POST", "PUT", "PATCH", "DELETE"]) func methodAndBody(_ method: String) throws {
    let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
    let request = try request {
      $0.method = method
      $0.body = .bytes(body)
    }
    #expect(request.method == method)
    #expect(request.values("content-length") == ["100000"])
    #expect(request.body == body)
    #expect(request.values("expect").isEmpty)
  }

  @Test func aLargeBodyWaitsForNoContinue() throws {
    let request = try request {
      $0.method = "POST"
      $0.body = .bytes([UInt8](repeating: 7, count: 2_000_000))
    }
    #expect(request.values("expect").isEmpty)
    #expect(request.body.count == 2_000_000)
  }

  @Test func aMethodWithoutABody() throws {
    #expect(try request { $0.method = "POST" }.values("content-length") == ["0"])
    #expect(try request { $0.method = "DELETE" }.method == "DELETE")
    #expect(try request { $0.method = "OPTIONS" }.method == "OPTIONS")
  }

  @Test func headHasNoBody() throws {
    let (result, requests) = try EngineHarness.run({ _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")]
    }) {
      $0.method = "HEAD"
      $0.streams = 3
    }
    #expect(requests.map(\.method) == ["HEAD", "HEAD", "HEAD"])
    #expect(Set(requests.map(\.connection)) == [0])
    #expect(result.counters.ok == 3)
    #expect(result.counters.bytesWire == 0)
  }

  @Test func redirectsAreAnswersAndNotFollowed() throws {
    let (result, requests) = try EngineHarness.run { _ in
      [.send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")]
    }
    #expect(requests.count == 1)
    #expect(result.counters.status == [302: 1])
    #expect(result.counters.ok == 1)
  }

  @Test func connectionsAreReused() throws {
    let (result, requests) = try EngineHarness.run({ _ in [.send(EngineHarness.hello)] }) {
      $0.streams = 50
      $0.concurrency = 2
      $0.threads = 1
    }
    #expect(requests.count == 50)
    #expect(Set(requests.map(\.connection)).count <= 2)
    #expect(result.distributions.count(.ttlb) == 50)
    #expect((1...2).contains(result.distributions.count(.connect)))
  }

  @Test func aClosedConnectionIsReplaced() throws {
    let (result, requests) = try EngineHarness.run({ _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"), .close]
    }) { $0.streams = 5 }
    #expect(result.counters.ok == 5)
    #expect(requests.map(\.connection) == [0, 1, 2, 3, 4])
    #expect(result.distributions.count(.connect) == 5)
  }

  @Test func targetsRoundRobin() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let result = try EngineHarness.run(
      EngineHarness.plan("") {
        $0.targets = ["/a", "/b", "/c"].map { LoadTarget(url: server.url($0)) }
        $0.streams = 31
        $0.concurrency = 4
      })
    let paths = server.requests.map(\.path)
    #expect(result.counters.ok == 31)
    #expect(["/a", "/b", "/c"].map { path in paths.count { $0 == path } } == [11, 10, 10])
  }

  @Test func pathsAreSentAsTyped() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    _ = try EngineHarness.run(EngineHarness.plan(server.url("/a/../b/./c?d=..")))
    #expect(server.requests.map(\.path) == ["/a/../b/./c?d=.."])
  }

  @Test func unusableTargetsAreUsageErrors() {
    for target in ["ftp://127.0.0.1/", "http://", "file:///etc/passwd", "http://[::1", ""] {
      let error = #expect(throws: ToolFailure.self) {
        _ = try LoadEngine(plan: LoadPlan(urls: [target]), memory: NoTargetMemory())
      }
      #expect(error?.exit == .usage)
    }
  }

  @Test func moreLanesThanDescriptorsNamesTheWayOut() {
    let error = #expect(throws: ToolFailure.self) {
      try LaneLimit.check(concurrency: 2000, descriptors: 1024, threads: 2)
    }
    #expect(error?.exit == .usage)
    #expect(
      error?.message == "-c 2000 needs 2072 open files and the limit is 1024: run `ulimit -n 2072` first, or lower -c")
    #expect(throws: Never.self) { try LaneLimit.check(concurrency: 952, descriptors: 1024, threads: 2) }
    #expect(throws: ToolFailure.self) { try LaneLimit.check(concurrency: 953, descriptors: 1024, threads: 2) }
    // From host to host: the last connection is there while the next one is made.
    let two = #expect(throws: ToolFailure.self) {
      try LaneLimit.check(concurrency: 477, descriptors: 1024, threads: 2, sockets: 2)
    }
    #expect(
      two?.message.hasPrefix("-c 477 needs 1026 open files, 2 for each lane, which goes from host to host,") == true)
    #expect(throws: Never.self) { try LaneLimit.check(concurrency: 476, descriptors: 1024, threads: 2, sockets: 2) }
  }

  @Test func socketsOfALane() {
    #expect(LoadPlan(urls: ["http://h/a", "HTTP://H/b"]).socketsPerLane == 1)
    #expect(LoadPlan(urls: ["http://h/a", "http://h:81/a"]).socketsPerLane == 2)
    #expect(LoadPlan(urls: ["http://h/a", "https://h/a"]).socketsPerLane == 2)
    var redirected = LoadPlan(urls: ["http://h/a"])
    redirected.network.followsRedirects = true
    #expect(redirected.keptPerLane == 2 && redirected.socketsPerLane == 3)
    let three = LoadPlan(urls: ["http://a/", "http://b/", "http://c/"])
    #expect(three.keptPerLane == 2 && three.socketsPerLane == 3)
  }

  /// Going to and fro between two hosts costs two connections, and not one a stream.
  @Test func connectionsToTwoHostsAreFoundAgain() throws {
    let servers = try (0..<2).map { _ in try ScriptedServer { _ in [.send(EngineHarness.hello)] } }
    defer { servers.forEach { $0.stop() } }
    var plan = LoadPlan(urls: servers.map { $0.url() })
    plan.concurrency = 1
    plan.threads = 1
    plan.streams = 20
    plan.validation = .off
    let result = try EngineHarness.run(plan)
    #expect(result.counters.ok == 20 && result.distributions.count(.connect) == 2)
  }
}
