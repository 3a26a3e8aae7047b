import TestSupport
import Testing

@testable import LambdaEmulator

/// A classic runtime that has answered, and has not yet asked for more.
@Suite struct ReturnTests {
  private static func attached(_ returnTime: Duration) -> EmulatorConfiguration {
    .test { ($0.concurrency, $0.classicReturnTime) = (2, returnTime) }
  }

  /// A first invocation, answered; its runtime is on its way.
  private static func answered(_ rig: Rig) throws -> RuntimeClient {
    let (client, runtime, call) = try rig.call("/1")
    #expect(try runtime.stream(call, "x").status == 202)
    _ = try client.chunkedResponse()
    return runtime
  }

  private static func active(_ rig: Rig) throws -> [JSONValue?] { try rig.instances().map { $0["active_invocations"] } }

  @Test func itIsWaitedForAlthoughThereIsRoom() async throws {
    try await Rig.with(Self.attached(.seconds(10))) { rig in
      let runtime = try Self.answered(rig)
      let client = try rig.request("/2")
      // The one that it has answered is through when it comes back.
      try eventually("an invocation that waits") { try Self.active(rig) == [2, 0] }
      let call = try runtime.next()
      #expect(call.event["rawPath"] == "/2")
      #expect(try runtime.stream(call, "x").status == 202)
      _ = try client.chunkedResponse()
      #expect(try rig.instances().map { $0["invocations_total"] } == [2, 0])
    }
  }

  @Test func oneThatDawdlesHoldsNobodyUp() async throws {
    try await Rig.with(Self.attached(.milliseconds(20))) { rig in
      let dawdler = try Self.answered(rig)
      let client = try rig.request("/2")
      try eventually("another environment") { try Self.active(rig) == [1, 1] }
      let other = try rig.runtime(1)
      let call = try other.next()
      #expect(call.event["rawPath"] == "/2")
      #expect(try other.stream(call, "x").status == 202)
      _ = try client.chunkedResponse()
      try dawdler.askNext()
      try rig.awaitParked(1)
      #expect(try rig.instances().map { $0["invocations_total"] } == [1, 1])
    }
  }

  /// The new environment is not ready, the old one is: nothing is bound to either.
  @Test func whoIsIdleFirstHasIt() async throws {
    try await Rig.with(Self.attached(.milliseconds(20))) { rig in
      let dawdler = try Self.answered(rig)
      let second = try rig.request("/2")
      try eventually("another environment") { try Self.active(rig) == [1, 1] }
      let call = try dawdler.next()
      #expect(call.event["rawPath"] == "/2")
      // What was begun for it serves the next one.
      let third = try rig.request("/3")
      try eventually("the one that comes") { try Self.active(rig) == [1, 1] }
      let other = try rig.runtime(1)
      let next = try other.next()
      #expect(next.event["rawPath"] == "/3")
      #expect(try other.stream(next, "x").status == 202)
      #expect(try dawdler.stream(call, "x").status == 202)
      for client in [second, third] { _ = try client.chunkedResponse() }
      #expect(try rig.instances().map { $0["invocations_total"] } == [2, 1])
    }
  }

  @Test func oneAfterTheOtherUseOneProcess() async throws {
    let configuration = ProcessTests.configuration { ($0.concurrency, $0.classicReturnTime) = (4, .seconds(10)) }
    try await Rig.with(configuration) { rig in
      let client = try RawClient(port: rig.port)
      var pids: Set<[UInt8]> = []
      for _ in 0..<10 {
        try client.send("GET /pid HTTP/1.1\r\nHost: test\r\n\r\n")
        pids.insert(try client.chunkedResponse().body)
      }
      #expect(pids.count == 1)
      #expect(try rig.instances().count == 1)
    }
  }

  @Test func anotherProcessIsStartedForOneThatDawdles() async throws {
    try await Rig.with(ProcessTests.configuration { $0.concurrency = 2 }) { rig in
      let first = try ProcessTests.get(rig, "/dawdle")
      let second = try ProcessTests.get(rig, "/pid")
      #expect([first.status, second.status] == [200, 200])
      #expect(first.text != second.text)
      #expect(try rig.instances().count == 2)
    }
  }
}
