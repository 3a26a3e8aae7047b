import TestSupport
import Testing

@testable import LambdaEmulator

/// Many invocations at once in one environment.
@Suite struct ManagedTests {
  private static func configuration(
    _ concurrency: Int = 4, _ change: (inout EmulatorConfiguration) -> Void = { _ in }
  ) -> EmulatorConfiguration {
    .test {
      ($0.instances, $0.concurrency) = (.managed, concurrency)
      change(&$0)
    }
  }

  @Test func withoutAParkedWorkerItIsRefused() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let refused = try rig.request("/").response()
      #expect(refused.status == 429)
      #expect(refused.field("x-amzn-errortype") == "TooManyRequestsException")
      let (client, runtime, call) = try rig.parkedCall()
      // Its worker is busy now.
      #expect(try rig.request("/").response().status == 429)
      #expect(try runtime.stream(call, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
      let stats = try rig.stats()
      #expect(stats["throttled_total"] == 2)
      #expect(stats["invocations_total"] == 1)
      #expect(stats["failures_total"] == 0)
    }
  }

  @Test func fourAtOnceInAnyOrder() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let workers = try (0..<4).map { _ in try rig.runtime() }
      for worker in workers { try worker.askNext() }
      var clients: [(path: String, client: RawClient)] = []
      for index in 0..<4 {
        try rig.awaitParked(4 - index)
        clients.append(("/\(index)", try rig.request("/\(index)")))
        try rig.awaitActive(index + 1)
      }
      #expect(try rig.stats()["active_invocations"] == 4)
      let calls = try workers.map { ($0, try $0.takeNext()) }
      #expect(Set(calls.map(\.1.id)).count == 4)
      for (worker, call) in calls.reversed() { try worker.beginStream(call) }
      for (worker, call) in calls {
        try worker.chunk(call.event["rawPath"]?.text ?? "")
        try worker.endStream()
        #expect(try worker.client.response().status == 202)
      }
      for (path, client) in clients { #expect(try client.chunkedResponse().body == Array(path.utf8)) }
    }
  }

  @Test func noMoreThanTheConcurrency() async throws {
    try await Rig.with(Self.configuration(1)) { rig in
      let workers = try [rig.runtime(), rig.runtime()]
      for worker in workers { try worker.askNext() }
      let client = try rig.parkedRequest("/")
      let call = try workers[0].takeNext()
      #expect(try rig.request("/").response().status == 429)
      #expect(try workers[0].stream(call, "x").status == 202)
      _ = try client.chunkedResponse()
    }
  }

  /// Lambda counts invocations, not questions: a worker that has answered is about to ask again.
  @Test func aSlotThatIsFreeIsWaitedFor() async throws {
    try await Rig.with(Self.configuration(1) { $0.returnTime = .seconds(10) }) { rig in
      let runtime = try rig.runtime()
      try runtime.askNext()
      let first = try rig.parkedRequest("/1")
      let call = try runtime.takeNext()
      #expect(try runtime.stream(call, "x").status == 202)
      _ = try first.chunkedResponse()
      let second = try rig.request("/2")
      try eventually("the invocation that waits") { try rig.stats()["active_invocations"] == 1 }
      // One more than there are slots is one too many.
      #expect(try rig.request("/3").response().status == 429)
      try runtime.askNext()
      let next = try runtime.takeNext()
      #expect(next.event["rawPath"]?.text == "/2")
      #expect(try runtime.stream(next, "y").status == 202)
      #expect(try second.chunkedResponse().body == [0x79])
    }
  }

  @Test func aWorkerThatDoesNotComeBackIsMissed() async throws {
    try await Rig.with(Self.configuration(2) { $0.returnTime = .milliseconds(20) }) { rig in
      let (client, runtime, call) = try rig.parkedCall("/1")
      #expect(try rig.request("/2").response().status == 429)
      #expect(try runtime.stream(call, "x").status == 202)
      _ = try client.chunkedResponse()
      #expect(try rig.request("/3").response().status == 429)
      #expect(try rig.stats()["throttled_total"] == 2)
    }
  }

  /// The caller is answered; the worker goes on, and is told once that it was too late.
  @Test func timeouts() async throws {
    try await Rig.with(Self.configuration { $0.timeout = .seconds(2) }) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      #expect(try client.response().status == 502)
      let late = try runtime.respond(call, "{}")
      #expect(late.status == 410)
      #expect(late.text == RuntimeAnswer.invokeTimeout.body)
      #expect(try runtime.respond(call, "{}").status == 400)
      // The same connection takes the next one.
      try runtime.askNext()
      let again = try rig.parkedRequest("/")
      let next = try runtime.takeNext()
      #expect(try runtime.stream(next, "x").status == 202)
      _ = try again.chunkedResponse()
      #expect(try rig.stats()["timeouts_total"] == 1)
    }
  }

  @Test func aTimeoutInTheMiddle() async throws {
    try await Rig.with(Self.configuration { $0.timeout = .seconds(2) }) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      try runtime.beginStream(call)
      _ = try client.response()
      #expect(client.readToEnd().end == .fin)
      let answer = try runtime.client.response()
      #expect(answer.status == 410)
      #expect(answer.field("connection") == "close")
    }
  }

  @Test func anErrorInTheMiddle() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      try runtime.beginStream(call)
      try runtime.chunk("half")
      _ = client.read(through: "half\r\n")
      let other = try rig.runtime()
      #expect(try other.fail(call).status == 202)
      #expect(client.readToEnd().end == .fin)
      #expect(try runtime.client.response().status == 500)
      #expect(try other.fail(call).status == 400)
    }
  }

  /// A late answer must not reach the next attempt of the same request.
  @Test func anotherAttempt() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      let attempt = try #require(call.head.field("lambda-runtime-invocation-id"))
      let path = "/runtime/invocation/\(call.id)/"
      for end in ["response", "error"] {
        let other = try runtime.post(path + end, ["Lambda-Runtime-Invocation-Id: other"], "{}")
        #expect(other.status == 410)
      }
      let right = try runtime.post(path + "response", ["Lambda-Runtime-Invocation-Id: \(attempt)"], "{}")
      #expect(right.status == 202)
      _ = try client.chunkedResponse()
    }
  }

  @Test func aSecondResponseIsNotKnown() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      try runtime.beginStream(call)
      _ = try client.response()
      #expect(try rig.runtime().respond(call, "{}").status == 400)
      try runtime.endStream()
      #expect(try runtime.client.response().status == 202)
    }
  }

  @Test func errorsOfMoreThanAMebibyte() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let (client, runtime, call) = try rig.parkedCall()
      let path = "/runtime/invocation/\(call.id)/error"
      #expect(try runtime.post(path, String(repeating: "e", count: (1 << 20) + 1)).status == 413)
      #expect(try runtime.fail(call, type: "oops").status == 202)
      #expect(try client.response().status == 502)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.Unknown": 1])
    }
  }
}
