import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

/// From the command line to the bytes that arrive.
@Suite struct RequestOptionTests {
  private func requests(
    _ arguments: [String], path: String = "/", count: Int = 1,
    _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
      [.send(EngineHarness.hello)]
    }
  ) throws -> [ScriptedServer.Request] {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    _ = try Self.run(arguments + ["-n", String(count), server.url(path)])
    return server.requests
  }

  static func run(_ arguments: [String]) throws -> RunResult {
    var plan = try LoadArguments.parse(arguments + ["-c", "1", "--validate", "off", "-t", "10s"]).plan(.gzload)
    plan.threads = 1
    return try EngineHarness.run(plan)
  }

  /// Says hello to everything, and to a HEAD how long that would have been.
  private static func greeting() throws -> ScriptedServer {
    try ScriptedServer { request in
      request.method == "HEAD"
        ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")] : [.send(EngineHarness.hello)]
    }
  }

  @Test func headersOfOptions() throws {
    let request = try #require(
      try requests(["-T", "text/plain", "-A", "a/b, c/d;q=0.5", "-u", "me:se:cret", "-d", "x", "-H", "A: b"]).first)
    #expect(request.values("content-type") == ["text/plain"])
    #expect(request.values("accept") == ["a/b, c/d;q=0.5"])
    #expect(request.values("authorization") == ["Basic bWU6c2U6Y3JldA=="])
    #expect(request.values("a") == ["b"])
    #expect(request.method == "POST" && request.body == Array("x".utf8))
    // What is not typed is not sent.
    let plain = try #require(try requests([]).first)
    #expect(plain.values("authorization").isEmpty && plain.values("content-type").isEmpty)
    #expect(plain.values("connection").isEmpty && plain.values("cookie").isEmpty)
  }

  @Test func templatesAreFilledInByEachStream() throws {
    let all = try requests(
      ["-H", "X-Id: {uuid}", "-d", "{\"n\":{seq},\"r\":{rand:10}}"], path: "/a/{seq}/{id}?u={uuid}", count: 3)
    #expect(all.map { $0.path.split(separator: "?")[0] } == ["/a/1/{id}", "/a/2/{id}", "/a/3/{id}"])
    let ids = all.flatMap { $0.values("x-id") + [String($0.path.suffix(36))] }
    #expect(Set(ids).count == 6 && ids.allSatisfy { $0.count == 36 })
    for (index, request) in all.enumerated() {
      #expect(String(decoding: request.body, as: UTF8.self).hasPrefix("{\"n\":\(index + 1),\"r\":"))
      #expect(request.values("content-length") == [String(request.body.count)])
    }
    // Once more with the same seed: the same bytes.
    let again = try requests(
      ["-H", "X-Id: {uuid}", "-d", "{\"n\":{seq},\"r\":{rand:10}}"], path: "/a/{seq}/{id}?u={uuid}", count: 3)
    #expect(again.map(\.path) == all.map(\.path) && again.map(\.body) == all.map(\.body))
  }

  @Test func filesAreSentAsTheyAre() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("body", "{seq} {uuid}\n")
    for option in [["-D", "\(folder.path)/body"], ["-d", "@\(folder.path)/body"]] {
      #expect(try requests(option).first?.body == Array("{seq} {uuid}\n".utf8))
    }
  }

  @Test func targetsOfAFileKeepTheirOwn() throws {
    let server = try Self.greeting()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("body", "posted")
    try folder.write(
      "targets",
      """
      \(server.url("/plain"))
      POST \(server.url("/post"))
      A: own
      @\(folder.path)/body

      HEAD \(server.url("/head"))
      DELETE \(server.url("/delete"))
      X: {seq}
      """)
    let result = try Self.run(["-f", "\(folder.path)/targets", "-H", "A: common", "-n", "9"])
    #expect(result.counters.ok == 9)
    let requests = server.requests
    let methods = ["GET", "POST", "HEAD", "DELETE"]
    #expect(requests.map(\.method) == (0..<9).map { methods[$0 % 4] })
    #expect(requests.map(\.path) == (0..<9).map { ["/plain", "/post", "/head", "/delete"][$0 % 4] })
    for request in requests {
      #expect(request.values("a") == [request.method == "POST" ? "own" : "common"])
      #expect(request.body == (request.method == "POST" ? Array("posted".utf8) : []))
      #expect(request.values("content-length") == (request.method == "POST" ? ["6"] : []))
    }
    #expect(requests[3].values("x") == ["4"] && requests[7].values("x") == ["8"])
  }

  /// What is asked of bodies is asked of those that have one: a target's own HEAD is none of them.
  @Test func aHeadInAFileHasNoBodyToMiss() throws {
    let server = try Self.greeting()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("mixed", "GET \(server.url("/get"))\n\nHEAD \(server.url("/head"))\n")
    let mixed = try Self.run(["-f", "\(folder.path)/mixed", "--expect-length", "5", "-n", "4"])
    #expect(mixed.counters.ok == 4, "\(mixed.evidence)")
    try folder.write("heads", "HEAD \(server.url("/head"))\n")
    let failure = #expect(throws: ToolFailure.self) {
      try Self.run(["-f", "\(folder.path)/heads", "--expect-length", "5", "-n", "1"])
    }
    #expect(failure?.message.contains("the answer to a HEAD has no body to judge") == true)
  }

  @Test func weightsAreKept() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("t", "# weight: 3\n\(server.url("/a"))\n\(server.url("/b"))\n")
    _ = try Self.run(["-f", "\(folder.path)/t", "-n", "40"])
    let paths = server.requests.map(\.path)
    #expect(paths.count { $0 == "/a" } == 30 && paths.count { $0 == "/b" } == 10)
  }

  @Test func withoutKeepAliveEachStreamHasItsConnection() throws {
    let requests = try requests(["--disable-keepalive"], count: 5)
    #expect(requests.map(\.connection) == [0, 1, 2, 3, 4])
    #expect(requests.allSatisfy { $0.values("connection") == ["close"] })
  }

  @Test func cookiesAreNotKept() throws {
    let requests = try requests([], count: 3) { _ in
      [.send("HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 0\r\n\r\n")]
    }
    #expect(requests.allSatisfy { $0.values("cookie").isEmpty } && requests.count == 3)
  }

  @Test func theEnvironmentIsNotAsked() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let run = try ToolRun(
      executable: "/usr/bin/env",
      ["http_proxy=http://127.0.0.1:1", "ALL_PROXY=http://127.0.0.1:1", try BuiltTool.path("gzload")]
        + ["-n", "1", "--no-progress", server.url()])
    #expect(run.exit == 0 && server.requests.map(\.path) == ["/"])
  }
}
