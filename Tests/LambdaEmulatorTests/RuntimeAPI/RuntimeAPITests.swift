import TestSupport
import Testing

@testable import LambdaEmulator

/// The Runtime API as a runtime meets it.
@Suite struct RuntimeAPITests {
  @Test func whatComesWithAnInvocation() async throws {
    try await Rig.with(.test { $0.timeout = .seconds(30) }) { rig in
      let client = try rig.request(
        "/", headers: ["X-Amzn-Trace-Id: Root=1-65f2a1b3-0123456789abcdef01234567;Sampled=1"])
      let runtime = try rig.runtime()
      let before = EventTime.milliseconds()
      let call = try runtime.next()
      #expect(call.head.status == 200)
      #expect(call.head.field("content-type") == "application/json")
      let trace = try #require(call.head.field("lambda-runtime-trace-id"))
      let form = /Root=1-65f2a1b3-0123456789abcdef01234567;Sampled=1;Parent=[0-9a-f]{16}/
      #expect(trace.wholeMatch(of: form) != nil, "\(trace)")
      let arn = "arn:aws:lambda:us-east-1:123456789012:function:function"
      #expect(call.head.field("lambda-runtime-invoked-function-arn") == arn)
      let deadline = try #require(call.head.field("lambda-runtime-deadline-ms").flatMap { Int64($0) })
      #expect((before + 29_000...EventTime.milliseconds() + 30_000).contains(deadline))
      #expect(try runtime.stream(call, "x").status == 202)
      _ = try client.chunkedResponse()
    }
  }

  @Test func pingAndWhatThereIsNot() async throws {
    try await Rig.with(.test()) { rig in
      let runtime = try rig.runtime()
      try runtime.send("GET", "/ping")
      #expect(try runtime.client.response().text == "pong")
      try runtime.send("GET", "/runtime/restore/next")
      #expect(try runtime.client.response().status == 404)
      try runtime.send("DELETE", "/ping")
      #expect(try runtime.client.response().status == 405)
      // The same connection took all of them.
      #expect(try runtime.post("/runtime/invocation/none/response", "{}").text.contains("InvalidRequestID"))
    }
  }

  @Test func idsThatAreNotKnown() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      for path in ["response", "error"] {
        let answer = try runtime.post("/runtime/invocation/other/\(path)", "{}")
        #expect(answer.status == 400)
        #expect(answer.text == RuntimeAnswer.invalidRequestID.body)
      }
      #expect(try runtime.stream(call, "x").status == 202)
      // A second response is in the wrong state, until the invocation is over.
      #expect(try runtime.respond(call, "{}").status == 403)
      #expect(try runtime.fail(call).status == 403)
      _ = try client.chunkedResponse()
      let other = try rig.request("/")
      let next = try runtime.next()
      #expect(try runtime.respond(call, "{}").status == 400)
      #expect(try runtime.stream(next, "x").status == 202)
      _ = try other.chunkedResponse()
    }
  }

  /// The supervisor is stuck after that, until the invocation times out.
  @Test func aModeThatIsNone() async throws {
    try await Rig.with(.test { $0.timeout = .seconds(2) }) { rig in
      let (client, runtime, call) = try rig.call()
      let answer = try runtime.post(
        "/runtime/invocation/\(call.id)/response", ["Lambda-Runtime-Function-Response-Mode: Streaming"], "{}")
      #expect(answer.status == 400)
      #expect(answer.text == RuntimeAnswer.invalidResponseMode.body)
      try runtime.askNext()
      #expect(try runtime.client.response().status == 403)
      #expect(try client.response().status == 502)
      #expect(runtime.client.readToEnd().end == .fin)
      #expect(try rig.stats()["timeouts_total"] == 1)
    }
  }

  @Test func longEventsAreChunkedAsGoDoes() async throws {
    try await Rig.with(.test()) { rig in
      for (length, isChunked) in [(10, false), (3000, true)] {
        let client = try rig.request("/" + String(repeating: "p", count: length))
        let runtime = try rig.runtime()
        let call = try runtime.next()
        #expect((call.head.field("transfer-encoding") == "chunked") == isChunked)
        #expect(try runtime.stream(call, "x").status == 202)
        _ = try client.chunkedResponse()
      }
    }
  }

  @Test func nobodyComes() async throws {
    try await Rig.with(.test { $0.initLimit = .milliseconds(50) }) { rig in
      let answer = try rig.request("/").response()
      #expect(answer.status == 502)
      #expect(try rig.stats()["timeouts_total"] == 1)
    }
  }

  /// The slot of a runtime that does not come back is taken until the timeout, then its connection ends.
  @Test func theTimeoutOfAClassicEnvironment() async throws {
    try await Rig.with(.test { $0.timeout = .seconds(2) }) { rig in
      let (client, runtime, call) = try rig.call()
      #expect(try client.response().status == 502)
      #expect(runtime.client.readToEnd().end == .fin)
      let other = try rig.request("/")
      let again = try rig.runtime()
      let next = try again.next()
      #expect(try again.respond(call, "{}").status == 400)
      try again.beginStream(next)
      _ = try other.response()
      // Now in the middle of a stream.
      #expect(other.readToEnd().end == .fin)
      let line = " \(call.id) Task timed out after 2.00 seconds"
      try rig.log.wait(for: line) { $0.contains { $0.hasSuffix(line) } }
    }
  }

  /// Each has a Runtime API of its own, so that it is known which of them calls.
  @Test func severalThatAreAttached() async throws {
    try await Rig.with(.test { $0.concurrency = 2 }) { rig in
      #expect(rig.apiPorts.count == 2)
      let clients = try [rig.request("/0"), rig.request("/1")]
      let runtimes = try [rig.runtime(0), rig.runtime(1)]
      for runtime in runtimes { try runtime.askNext() }
      var served: Set<String> = []
      for runtime in runtimes {
        let call = try runtime.takeNext()
        let path = call.event["rawPath"]?.text ?? ""
        served.insert(path)
        #expect(try runtime.stream(call, path).status == 202)
      }
      #expect(served == ["/0", "/1"])
      for (index, client) in clients.enumerated() {
        let body = try client.chunkedResponse().body
        #expect(body == Array("/\(index)".utf8))
      }
    }
  }

  @Test func whatIsLogged() async throws {
    let lines = try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      #expect(try runtime.fail(call).status == 202)
      _ = try client.response()
      // The invocation is over when the runtime comes back.
      try runtime.askNext()
      try eventually("the end of the invocation") { try rig.stats()["active_invocations"] == 0 }
      try rig.log.wait(for: "the report") { $0.last?.hasPrefix("REPORT ") == true }
      return (call.id, rig.log)
    }
    let text = lines.1.lines
    #expect(text.first == "START RequestId: \(lines.0) Version: $LATEST")
    #expect(
      text.dropFirst().first
        == #"RequestId: \#(lines.0) Error: {"errorMessage":"boom","errorType":"Boom","stackTrace":[]}"#)
    #expect(text.contains("END RequestId: \(lines.0)"))
    let report = try #require(text.last?.split(separator: "\t").map(String.init))
    #expect(report.first == "REPORT RequestId: \(lines.0)")
    #expect(
      report.dropFirst().map { $0.prefix { $0 != ":" } } == [
        "Duration", "Billed Duration", "Memory Size", "Max Memory Used", "Status", "Error Type",
      ])
  }
}
