import TestSupport
import Testing

@testable import LambdaEmulator

/// Clients that close their side, or say too little.
@Suite struct ClientTests {
  /// As `nc -N` does it.
  @Test func oneThatHasSaidAllIsAnswered() async throws {
    try await Rig.with(.test()) { rig in
      let client = try rig.request("/")
      client.finishSending()
      let runtime = try rig.runtime()
      #expect(try runtime.stream(try runtime.next(), "whole").status == 202)
      let (bytes, end) = client.readToEnd()
      #expect(end == .fin)
      let response = try #require(RawResponse(bytes))
      #expect(response.status == 200)
      #expect(response.field("connection") == "close")
      #expect(String(decoding: response.dechunked.data, as: UTF8.self) == "whole")
    }
  }

  @Test func allThatItSaidIsAnswered() async throws {
    try await Rig.with(.test()) { rig in
      let client = try RawClient(port: rig.port)
      try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
      client.finishSending()
      let runtime = try rig.runtime()
      for path in ["/1", "/2"] {
        let call = try runtime.next()
        #expect(call.event["rawPath"] == .string(path))
        #expect(try runtime.stream(call, path).status == 202)
        #expect(try client.chunkedResponse().body == Array(path.utf8))
      }
      #expect(client.readToEnd() == ([], .fin))
    }
  }

  @Test(
    arguments: [
      ("", nil), ("GET / HT", 400), ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab", 400),
      ("GET /.gzlambda/stats HTTP/1.1\r\nHost: a\r\n\r\n", 200),
      ("GET /.gzlambda/stats HTTP/1.1\r\nHost: a\r\n\r\nGET", 200),
    ] as [(String, Int?)])
  func whatItSaidIsNotWhole(_ text: String, _ status: Int?) async throws {
    try await Rig.with(.test()) { rig in
      let client = try RawClient(port: rig.port)
      try client.send(text)
      client.finishSending()
      let (bytes, end) = client.readToEnd()
      #expect(RawResponse(bytes)?.status == status)
      #expect(end == .fin)
      #expect(try rig.stats()["invocations_total"] == 0)
    }
  }

  /// What its kernel does not take waits here, whatever it has said.
  @Test(arguments: ["HTTP/1.1", "HTTP/1.0"]) func oneThatHasSaidAllMayReadLate(_ version: String) async throws {
    try await Rig.with(.test { $0.invokeMode = .buffered }) { rig in
      let client = try RawClient(port: rig.port)
      try client.send("GET / \(version)\r\nHost: a\r\n\r\n")
      client.finishSending()
      let runtime = try rig.runtime()
      let call = try runtime.next()
      let text = String(repeating: "a", count: 6_000_000)
      let feeder = RuntimeFeeder {
        _ = try runtime.respond(call, #"{"statusCode":200,"headers":{"content-type":"text/plain"},"body":"\#(text)"}"#)
        try runtime.askNext()
      }
      // The invocation is over, and nothing was read of it.
      try rig.awaitParked(1)
      try feeder.wait()
      let (bytes, end) = client.readToEnd()
      #expect(end == .fin)
      #expect(RawResponse(bytes)?.body.count == text.utf8.count)
    }
  }

  /// A second invocation only when there is room for what it answers.
  @Test func oneThatReadsNothingGetsNothingMore() async throws {
    try await Rig.with(.test { $0.invokeMode = .buffered }) { rig in
      let client = try RawClient(port: rig.port)
      let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
      try client.send(request + request)
      let runtime = try rig.runtime()
      let answer = #"{"statusCode":200,"body":"\#(String(repeating: "a", count: 6_000_000))"}"#
      let first = try runtime.next()
      let feeder = RuntimeFeeder {
        _ = try runtime.respond(first, answer)
        _ = try runtime.respond(try runtime.next(), answer)
      }
      try rig.awaitParked(1)
      // What would take the next one has had its turns.
      for _ in 0..<3 { #expect(try rig.stats()["invocations_total"] == 1) }
      for _ in 0..<2 {
        let response = try client.response()
        #expect(response.status == 200 && response.body.count == 6_000_000)
      }
      try feeder.wait()
      #expect(try rig.stats()["invocations_total"] == 2)
    }
  }

  /// RFC 9110 §10.1.1.
  @Test func anOldOneExpectsNothing() async throws {
    try await Rig.with(.test()) { rig in
      let client = try RawClient(port: rig.port)
      try client.send(
        "POST /.gzlambda/x HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
      #expect(RawResponse(client.readToEnd().bytes)?.status == 404)
    }
  }

  @Test func oneThatSaysNothingIsLeft() async throws {
    try await Rig.with(.test { $0.idleLimit = .seconds(1) }) { rig in
      #expect(try RawClient(port: rig.port).readToEnd() == ([], .fin))
      // And one that has been answered.
      let client = try rig.request("/.gzlambda/nothing")
      _ = try client.response()
      #expect(client.readToEnd() == ([], .fin))
    }
  }

  /// A byte now and then prolongs nothing.
  @Test(arguments: ["GET / HTTP/1.1\r\nX: ", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"])
  func oneThatSaysLittleIsLeft(_ start: String) async throws {
    try await Rig.with(.test { $0.requestLimit = .milliseconds(200) }) { rig in
      let client = try RawClient(port: rig.port)
      try client.send(start)
      var end = RawClient.End.open
      for _ in 0..<500 where end == .open {
        // Refused once the other side is gone.
        try? client.send("x")
        end = client.readToEnd(seconds: 0.02).end
      }
      #expect(end != .open)
      #expect(try rig.stats()["invocations_total"] == 0)
    }
  }

  /// Also behind requests that came together.
  @Test func oneThatSaysLittleAfterMuchIsLeft() async throws {
    try await Rig.with(.test { $0.requestLimit = .milliseconds(200) }) { rig in
      let client = try RawClient(port: rig.port)
      let request = "GET /.gzlambda/nothing HTTP/1.1\r\nHost: a\r\n\r\n"
      try client.send(request + request)
      for _ in 0..<2 { #expect(try client.response().status == 404) }
      try client.send("GET / HT")
      #expect(client.readToEnd(seconds: 10) == ([], .fin))
    }
  }

  /// Who waits for an answer has all the time that the function takes.
  @Test func oneThatWaitsIsNotLeft() async throws {
    try await Rig.with(.test { ($0.idleLimit, $0.requestLimit) = (.seconds(1), .seconds(1)) }) { rig in
      let (client, runtime, call) = try rig.call()
      // As long as it takes to leave another one, twice.
      for _ in 0..<2 { #expect(try RawClient(port: rig.port).readToEnd().end == .fin) }
      #expect(try runtime.stream(call, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
  }
}
