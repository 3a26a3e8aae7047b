import TestSupport
import Testing

@testable import LambdaEmulator

/// What a client sees when something is wrong, front by front. The bytes of each answer: `FrontAnswerTests`.
@Suite struct FailureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var front: FrontKind
    var status: Int
    var testDescription: String { "\(front) \(status)" }
  }

  private static func configuration(_ front: FrontKind) -> EmulatorConfiguration {
    .test {
      $0.front = front
      if front == .alb { $0.invokeMode = .buffered }
    }
  }

  @Test(arguments: [
    Row(front: .functionURL, status: 502), Row(front: .rest, status: 502), Row(front: .alb, status: 502),
  ])
  func theFunctionSaysSo(_ row: Row) async throws {
    try await Rig.with(Self.configuration(row.front)) { rig in
      let client = try rig.request("/")
      let runtime = try rig.runtime()
      #expect(try runtime.fail(try runtime.next()).status == 202)
      #expect(try client.response().status == row.status)
      // The environment is as good as before.
      let again = try rig.request("/")
      _ = try runtime.respond(try runtime.next(), #"{"statusCode":200}"#)
      #expect(RawResponse(again.read(through: "\r\n\r\n")) != nil)
      #expect(try members(rig.stats()["failures"])["Function.Boom"] == 1)
    }
  }

  @Test(arguments: [Row(front: .functionURL, status: 502), Row(front: .rest, status: 500)])
  func thePreludeIsNone(_ row: Row) async throws {
    try await Rig.with(Self.configuration(row.front)) { rig in
      let runtime = try rig.runtime()
      for prelude in ["no JSON", #"{"headers":{"a":["1"]}}"#, #"{"statusCode":"200"}"#] {
        let client = try rig.request("/")
        let call = try runtime.next()
        try runtime.beginStream(call, prelude: prelude)
        try runtime.chunk("body")
        try runtime.endStream()
        // Lambda has a whole response: the function does not learn of it.
        #expect(try runtime.client.response().status == 202)
        #expect(try client.response().status == row.status, "\(prelude)")
      }
      _ = try? runtime.askNext()
      #expect(try members(rig.stats()["failures"]) == ["Function.InvalidPrelude": 3])
    }
  }

  @Test(arguments: [Row(front: .functionURL, status: 502), Row(front: .rest, status: 502)])
  func thePreludeIsMissing(_ row: Row) async throws {
    try await Rig.with(Self.configuration(row.front)) { rig in
      let runtime = try rig.runtime()
      for start in ["", "{\"statusCode\":200}"] {
        let client = try rig.request("/")
        let call = try runtime.next()
        try runtime.beginStream(call, prelude: "")
        if !start.isEmpty { try runtime.chunk(start) }
        try runtime.endStream()
        #expect(try runtime.client.response().status == 202)
        #expect(try client.response().status == row.status)
      }
    }
  }

  @Test func aPreludeOf16KiBIsTheMostBeforeARESTAPI() async throws {
    try await Rig.with(Self.configuration(.rest)) { rig in
      let runtime = try rig.runtime()
      let frame = #"{"headers":{"a":""}}"#.utf8.count
      for (length, status) in [(16 * 1024 - 8, 200), (16 * 1024 - 7, 500)] {
        let client = try rig.request("/")
        let value = String(repeating: "v", count: length - frame)
        let call = try runtime.next()
        try runtime.beginStream(call, prelude: #"{"headers":{"a":"\#(value)"}}"#)
        try runtime.endStream()
        #expect(try runtime.client.response().status == 202)
        #expect(RawResponse(client.read(through: "\r\n\r\n"))?.status == status)
      }
    }
  }

  @Test func aRESTAPINeedsAPrelude() async throws {
    try await Rig.with(Self.configuration(.rest)) { rig in
      let client = try rig.request("/")
      let runtime = try rig.runtime()
      #expect(try runtime.respond(try runtime.next(), #"{"statusCode":200}"#).status == 202)
      #expect(try client.response().status == 500)
    }
  }

  @Test(arguments: [
    Row(front: .functionURL, status: 413), Row(front: .rest, status: 413), Row(front: .alb, status: 413),
  ])
  func theRequestIsTooLarge(_ row: Row) async throws {
    try await Rig.with(Self.configuration(row.front)) { rig in
      // Told from the head alone, before anybody sends megabytes.
      let client = try rig.request("/", method: "POST", headers: ["Content-Length: 11000000", "Expect: 100-continue"])
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.status == row.status)
      #expect(end == .fin)
      #expect(try rig.stats()["invocations_total"] == 0)
    }
  }

  /// Base64 makes more of it than Lambda takes.
  @Test func theEventIsTooLarge() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let client = try rig.request(
        "/", method: "POST", headers: ["Content-Type: application/octet-stream"],
        body: String(repeating: "b", count: 5 << 20))
      #expect(try client.response().status == 413)
    }
  }

  @Test func aChunkedRequestIsCountedAsItComes() async throws {
    try await Rig.with(Self.configuration(.alb)) { rig in
      let client = try rig.request("/", method: "POST", headers: ["Transfer-Encoding: chunked"])
      let piece = String(repeating: "b", count: 1 << 16)
      for _ in 0..<17 { try client.send("10000\r\n\(piece)\r\n") }
      #expect(try client.response().status == 413)
    }
  }

  @Test func largeRequestsArrive() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let text = String(repeating: "b", count: 5 << 20)
      let runtime = try rig.runtime()
      let feeder = RuntimeFeeder {
        let client = try rig.request("/", method: "POST", headers: ["Content-Type: text/plain"], body: text)
        _ = try client.chunkedResponse()
      }
      let call = try runtime.next()
      #expect(call.event["body"] == .string(text))
      #expect(try runtime.stream(call, "x").status == 202)
      try feeder.wait()
    }
  }

  @Test func itIsAskedToGoOn() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let client = try rig.request(
        "/", method: "POST", headers: ["Content-Length: 2", "Expect: 100-continue", "Content-Type: text/plain"])
      #expect(client.read(through: "\r\n\r\n") == Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
      try client.send("hi")
      let runtime = try rig.runtime()
      let call = try runtime.next()
      #expect(call.event["body"] == "hi")
      #expect(call.event["headers"]?.members?["expect"] == nil)
      #expect(try runtime.stream(call, "x").status == 202)
    }
  }

  @Test(arguments: ["GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"])
  func noRequestAtAll(_ text: String) async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let client = try RawClient(port: rig.port)
      try client.send(text)
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.status == 400)
      #expect(end == .fin)
    }
  }

  @Test(arguments: [
    Row(front: .functionURL, status: 405), Row(front: .rest, status: 403), Row(front: .alb, status: 405),
  ])
  func methodsThatAreNotTaken(_ row: Row) async throws {
    try await Rig.with(Self.configuration(row.front)) { rig in
      let answer = try rig.request("/", method: "TRACE").response()
      #expect(answer.status == row.status)
    }
  }

  @Test func ownPages() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      #expect(try rig.request("/.gzlambda/nothing").response().status == 404)
      #expect(try rig.request("/.gzlambda/stats", method: "POST").response().status == 405)
      let head = try rig.request("/.gzlambda/stats", method: "HEAD").read(through: "\r\n\r\n")
      #expect(RawResponse(head)?.status == 200)
      let stats = try rig.stats()
      for name in [
        "version", "front", "instances_mode", "invoke_mode", "concurrency", "memory_limit_bytes", "rss_bytes",
        "rss_peak_bytes", "active_invocations", "invocations_total", "failures_total", "throttled_total",
        "timeouts_total", "failures", "instances",
      ] { #expect(stats[name] != nil, "\(name)") }
      #expect(stats["invocations_total"] == 0)
      // Everything else is the function's, also what belongs to another tool.
      let (client, runtime, call) = try rig.call("/.gzproxy/hello")
      #expect(call.event["rawPath"] == "/.gzproxy/hello")
      #expect(try runtime.stream(call, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
  }
}
