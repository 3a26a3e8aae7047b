import TestSupport
import Testing
import ToolSupport

@testable import LambdaEmulator

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runtimes that are started: one of bash and curl.
@Suite struct ProcessTests {
  static let bootstrap = #filePath.replacing("Environment/ProcessTests.swift", with: "Fixtures/bootstrap.sh")

  static func configuration(_ change: (inout EmulatorConfiguration) -> Void = { _ in }) -> EmulatorConfiguration {
    .test {
      $0.command = ["/bin/bash", bootstrap]
      change(&$0)
    }
  }

  static func get(_ rig: Rig, _ path: String) throws -> (status: Int, text: String) {
    let client = try rig.request(path, headers: ["Connection: close"])
    guard let response = RawResponse(client.readToEnd().bytes) else { throw Missing(what: "a response to \(path)") }
    let body = response.field("transfer-encoding") == nil ? response.body : response.dechunked.data
    return (response.status, String(decoding: body, as: UTF8.self))
  }

  @Test func oneProcessServesManyInvocations() async throws {
    try await Rig.with(Self.configuration()) { rig in
      #expect(try rig.stats()["rss_bytes"] == 0)
      let first = try Self.get(rig, "/pid")
      #expect(first.status == 200)
      #expect(try Self.get(rig, "/pid").text == first.text)
      #expect(try Self.get(rig, "/other").text == "hello from /other\n")
      let instance = try rig.instances()[0]
      #expect(instance["state"] == "ready")
      #expect(instance["restarts"] == 0)
      #expect(instance["pid"] == Int64(first.text.dropLast()).map { .integer($0) })
      try rig.log.wait(for: "two reports") { $0.filter { $0.hasPrefix("REPORT ") }.count > 1 }
      let reports = rig.log.lines.filter { $0.hasPrefix("REPORT ") }
      #expect(reports[0].contains("\tInit Duration: "))
      #expect(!reports[1].contains("\tInit Duration: "))
      #expect(reports.allSatisfy { $0.contains("Memory Size: 2048 MB\tMax Memory Used: ") && !$0.contains("n/a") })
    }
  }

  @Test(arguments: [("/exit", "exit status 3"), ("/kill", "signal: killed")])
  func aDeadRuntimeIsStartedAgain(_ path: String, _ words: String) async throws {
    try await Rig.with(Self.configuration()) { rig in
      let first = try Self.get(rig, "/pid").text
      let answer = try Self.get(rig, path)
      #expect(answer.status == 502)
      #expect(answer.text == "Internal Server Error")
      let second = try Self.get(rig, "/pid")
      #expect(second.status == 200)
      #expect(second.text != first)
      #expect(try rig.instances()[0]["restarts"] == 1)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.ExitError": 1])
      try rig.log.wait(for: words) { $0.contains { $0.hasSuffix(" Error: Runtime exited with error: \(words)") } }
    }
  }

  @Test func errorsLeaveTheProcessAlone() async throws {
    try await Rig.with(Self.configuration()) { rig in
      let first = try Self.get(rig, "/pid").text
      #expect(try Self.get(rig, "/error").status == 502)
      #expect(try Self.get(rig, "/pid").text == first)
    }
  }

  @Test func aTimeoutResetsTheSandbox() async throws {
    try await Rig.with(Self.configuration { $0.timeout = .seconds(3) }) { rig in
      let first = try Self.get(rig, "/pid").text
      #expect(try Self.get(rig, "/sleep").status == 502)
      let second = try Self.get(rig, "/pid")
      #expect(second.status == 200)
      #expect(second.text != first)
      #expect(try rig.stats()["timeouts_total"] == 1)
    }
  }

  @Test func tooMuchMemory() async throws {
    try await Rig.with(Self.configuration { $0.memoryBytes = 128 << 20 }) { rig in
      #expect(try Self.get(rig, "/memory").status == 502)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.OutOfMemory": 1])
      let line = " Error: Runtime exited with error: signal: killed"
      try rig.log.wait(for: line) { $0.contains { $0.hasSuffix(line) } }
      guard case .integer(let peak) = try rig.stats()["rss_peak_bytes"] else { throw Missing(what: "a peak") }
      #expect(peak > 128 << 20)
      #expect(try Self.get(rig, "/pid").status == 200)
    }
  }

  @Test func aProcessForEachInvocation() async throws {
    try await Rig.with(Self.configuration { $0.concurrency = 2 }) { rig in
      let busy = try [rig.request("/sleep"), rig.request("/sleep")]
      try eventually("two busy environments") {
        try rig.instances().filter { $0["state"] == "ready" && $0["parked_workers"] == 0 }.count == 2
      }
      // Both are in use: it is refused as a third one would be on AWS.
      #expect(try Self.get(rig, "/").status == 429)
      let instances = try rig.instances()
      #expect(instances.count == 2 && instances[0]["pid"] != instances[1]["pid"])
      #expect(instances.map { $0["max_concurrency"] } == [1, 1])
      _ = busy
    }
  }

  @Test func whatItSees() async throws {
    try await Rig.with(Self.configuration { $0.memoryBytes = 512 << 20 }) { rig in
      let text = try Self.get(rig, "/environment").text
      #expect(text.contains("AWS_LAMBDA_RUNTIME_API=127.0.0.1:\(rig.apiPorts[0])\n"))
      #expect(text.contains("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512\n"))
      #expect(text.contains("_HANDLER="))
    }
  }

  @Test func managedInstances() async throws {
    try await Rig.with(Self.configuration { ($0.instances, $0.concurrency) = (.managed, 3) }) { rig in
      // It has asked for work before anything is served.
      let first = try Self.get(rig, "/pid")
      #expect(first.status == 200)
      try rig.awaitParked(1)
      #expect(try Self.get(rig, "/exit").status == 502)
      try rig.awaitParked(1)
      #expect(try Self.get(rig, "/environment").text.contains("AWS_LAMBDA_MAX_CONCURRENCY=3\n"))
      let instance = try rig.instances()[0]
      #expect(instance["restarts"] == 1)
      #expect(instance["max_concurrency"] == 3)
    }
  }

  @Test func aRuntimeThatDoesNotComeUp() async throws {
    let failing = Self.configuration {
      ($0.instances, $0.command) = (.managed, ["/bin/sh", "-c", "exit 7"])
    }
    let failure = await #expect(throws: ToolFailure.self) { try await Rig.with(failing) { _ in } }
    #expect(failure?.exit == .couldNotRun)
    let text = "the runtime ended before it asked for work: Runtime exited with error: exit status 7"
    #expect(failure?.message == text)
  }

  /// Classic: only the invocation learns of it.
  @Test func aRuntimeThatDoesNotComeUpOnDemand() async throws {
    try await Rig.with(Self.configuration { $0.command = ["/bin/sh", "-c", "exit 7"] }) { rig in
      let answers = try [Self.get(rig, "/"), Self.get(rig, "/")]
      #expect(answers.map(\.status) == [502, 502])
      #expect(try members(rig.stats()["failures"]) == ["Runtime.ExitError": 2])
    }
    let refusing = ["/usr/bin/env", "REFUSE_TO_START=yes", "/bin/bash", Self.bootstrap]
    try await Rig.with(Self.configuration { $0.command = refusing }) { rig in
      let answer = try Self.get(rig, "/")
      #expect(answer.status == 502)
      #expect(try members(rig.stats()["failures"]) == ["Runtime.NoConfiguration": 1])
    }
  }

  /// What a runtime started goes with it.
  @Test func nobodyIsLeftBehind() async throws {
    let pids = try await Rig.with(Self.configuration()) { rig in
      try Self.get(rig, "/child").text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
    }
    #expect(pids.count == 2)
    // What was killed takes a moment to end.
    for pid in pids { try eventually("the end of \(pid)") { !Self.isAlive(pid) } }
  }

  /// A zombie of somebody else's is dead too.
  static func isAlive(_ pid: Int32) -> Bool {
    #if os(Linux)
      ProcessTree.exists(pid)
    #else
      kill(pid, 0) == 0
    #endif
  }
}
