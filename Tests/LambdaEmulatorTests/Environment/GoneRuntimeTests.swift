import TestSupport
import Testing
import ToolSupport

@testable import LambdaEmulator

/// Runtimes that leave without a word.
@Suite struct GoneRuntimeTests {
  /// Without a process nothing tells that it is gone, but that it asks for work in every place that it has.
  @Test func whatItHadFailsWhenItIsBack() async throws {
    try await Rig.with(.test { $0.instances = .managed }) { rig in
      let (client, runtime, _) = try rig.parkedCall()
      runtime.client.closeNow()
      let next = try rig.runtime()
      try next.askNext()
      #expect(try client.response().status == 502)
      let other = try rig.parkedRequest("/")
      #expect(try next.stream(try next.takeNext(), "x").status == 202)
      #expect(try other.chunkedResponse().body == [0x78])
      #expect(try members(rig.stats()["failures"]) == ["Runtime.ExitError": 1])
    }
  }

  /// Its next question may come never: a classic environment keeps its slot until the timeout, and nobody waits for that at the end.
  @Test(.timeLimit(.minutes(1))) func theEndWaitsForClientsOnly() async throws {
    let configuration = EmulatorConfiguration.test()
    try #require(configuration.timeout > .seconds(600))
    let log = CollectedLog()
    let server = try await EmulatorServer.start(configuration, log: EventLog { log.append($0) })
    let rig = Rig(port: server.address.port, apiPorts: server.runtimeAPIs.map(\.port), log: log)
    try await RawClient.run {
      let (client, runtime, call) = try rig.call()
      #expect(try runtime.stream(call, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
    }
    await server.drain()
    #expect(!log.lines.contains { $0.contains("Error") })
  }

  /// A request that comes after it waits as long as for a runtime that starts.
  @Test func nobodyWaitsForItLong() async throws {
    try await Rig.with(.test { $0.initLimit = .seconds(1) }) { rig in
      let (client, runtime, call) = try rig.call()
      #expect(try runtime.stream(call, "x").status == 202)
      #expect(try client.chunkedResponse().body == [0x78])
      runtime.client.finishSending()
      #expect(runtime.client.readToEnd().end == .fin)
      #expect(try rig.request("/").response().status == 502)
    }
  }
}
