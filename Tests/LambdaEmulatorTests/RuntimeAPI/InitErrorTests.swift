import TestSupport
import Testing

@testable import LambdaEmulator

/// Runtimes that say `/init/error`, started by hand.
@Suite struct InitErrorTests {
  private static func configuration(_ instances: InstancesMode = .managed) -> EmulatorConfiguration {
    .test { ($0.instances, $0.concurrency) = (instances, instances == .managed ? 4 : 1) }
  }

  @Test func itIsTakenOnceAndNothingFollows() async throws {
    try await Rig.with(.test()) { rig in
      let client = try rig.request("/")
      let runtime = try rig.runtime()
      let headers = ["Lambda-Runtime-Function-Error-Type: Runtime.NoSuchModule"]
      #expect(try runtime.post("/runtime/init/error", headers, #"{"errorMessage":"x"}"#).status == 202)
      #expect(try client.response().status == 502)
      #expect(try runtime.post("/runtime/init/error", headers, "{}").status == 403)
      try runtime.askNext()
      #expect(try runtime.client.response().status == 403)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.NoSuchModule": 1])
    }
  }

  @Test func lateOnesChangeNothing() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let runtime = try rig.runtime()
      try runtime.askNext()
      _ = try rig.awaitParked(1)
      let other = try rig.runtime()
      #expect(try other.post("/runtime/init/error", "{}").status == 202)
      #expect(try other.post("/runtime/init/error", "{}").status == 403)
      let client = try rig.request("/")
      #expect(try runtime.stream(try runtime.takeNext(), "x").status == 202)
      _ = try client.chunkedResponse()
    }
  }

  private static func failInit(_ rig: Rig) throws -> RuntimeClient {
    let runtime = try rig.runtime()
    #expect(try runtime.post("/runtime/init/error", "{}").status == 202)
    // Who goes on all the same is refused.
    try runtime.askNext()
    #expect(try [403, 500].contains(runtime.client.response().status))
    return runtime
  }

  /// It has ended and was started again: nobody has sent a request meanwhile.
  @Test(arguments: InstancesMode.allCases, [true, false])
  func itStartsOver(_ instances: InstancesMode, _ closesFirst: Bool) async throws {
    try await Rig.with(Self.configuration(instances)) { rig in
      let first = try Self.failInit(rig)
      // A connection that outlives its runtime does not hold up the next one.
      if closesFirst { first.client.closeNow() }
      let second = try rig.runtime()
      try second.askNext()
      try rig.awaitParked(1)
      let client = try rig.request("/")
      #expect(try second.stream(try second.takeNext(), "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
      if !closesFirst { #expect(first.client.readToEnd().end != .open) }
    }
  }

  /// As often as it likes; each has its say.
  @Test(arguments: InstancesMode.allCases) func itMayFailAgain(_ instances: InstancesMode) async throws {
    try await Rig.with(Self.configuration(instances)) { rig in
      for _ in 0..<3 {
        let runtime = try Self.failInit(rig)
        runtime.client.finishSending()
        #expect(runtime.client.readToEnd().end == .fin)
      }
      try rig.log.wait(for: "three lines") { $0.filter { $0.hasPrefix("INIT_REPORT ") }.count == 3 }
    }
  }

  /// A request that came in between waits for the runtime that starts over.
  @Test func aRequestInBetweenIsServed() async throws {
    try await Rig.with(Self.configuration(.classic)) { rig in
      let refused = try rig.request("/")
      try rig.awaitActive(1)
      let first = try Self.failInit(rig)
      #expect(try refused.response().status == 502)
      let client = try rig.request("/")
      try rig.awaitActive(1)
      first.client.closeNow()
      let second = try rig.runtime()
      #expect(try second.stream(try second.next(), "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
  }
}
