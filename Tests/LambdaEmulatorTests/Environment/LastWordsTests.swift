import TestSupport
import Testing

@testable import LambdaEmulator

/// Runtimes that end by themselves.
@Suite struct LastWordsTests {
  /// All of the response is on its way when the process kills itself: it arrives, every time, however busy the emulator is.
  @Test func aWholeResponseSurvivesItsRuntime() async throws {
    try await Rig.with(ProcessTests.configuration()) { rig in
      let wanted = String(repeating: "x", count: 400_000) + "end\n"
      let noise = Noise(rig)
      defer { noise.stop() }
      for run in 0..<20 {
        let answer = try ProcessTests.get(rig, "/last-words")
        #expect(answer.status == 200)
        let isWhole = answer.text == wanted
        #expect(isWhole, "run \(run): \(answer.text.utf8.count) bytes")
      }
      #expect(try rig.instances()[0]["restarts"] != 0)
    }
  }

  /// Four at once in a process that dies: each client has the front's own answer, and a new process takes the next one.
  @Test func aCrashFailsAllThatIsInIt() async throws {
    let command = ["/usr/bin/env", "WORKERS=4", "/bin/bash", ProcessTests.bootstrap]
    let managed = ProcessTests.configuration {
      ($0.instances, $0.concurrency, $0.command) = (.managed, 4, command)
    }
    try await Rig.with(managed) { rig in
      try rig.awaitParked(4)
      var clients = try (0..<3).map { _ in try rig.request("/sleep") }
      try rig.awaitActive(3)
      clients.append(try rig.request("/kill"))
      for client in clients {
        let answer = try client.response()
        #expect(answer.status == 502)
        #expect(answer.text == "Internal Server Error")
      }
      try rig.awaitParked(4)
      #expect(try ProcessTests.get(rig, "/pid").status == 200)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.ExitError": 4])
      #expect(try rig.instances()[0]["restarts"] == 1)
    }
  }
}
