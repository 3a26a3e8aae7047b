import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct StreamedBodyTests {
  /// A file without blocks, but for a mark at its end.
  private func file(_ folder: TemporaryFolder, bytes: Int) throws -> String {
    try folder.write("body", "")
    let path = "\(folder.path)/body"
    #expect(truncate(path, off_t(bytes - 1)) == 0)
    let descriptor = open(path, O_WRONLY | O_APPEND)
    #expect(write(descriptor, "!", 1) == 1)
    close(descriptor)
    return path
  }

  @Test func onlyLargeFilesAreLeftWhereTheyAre() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let small = try BodyFile.content(try file(folder, bytes: 1 << 20), option: "-D")
    guard case .bytes(let bytes) = small else { return #expect(Bool(false), "held") }
    #expect(bytes.count == 1 << 20 && bytes.last == UInt8(ascii: "!"))
    let path = try file(folder, bytes: (1 << 20) + 1)
    #expect(try BodyFile.content(path, option: "-D") == .file(path: path, length: (1 << 20) + 1))
  }

  @Test func everyStreamSendsTheWholeFile() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try file(folder, bytes: 3 << 20)
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let result = try RequestOptionTests.run(["-D", path, "-n", "4", server.url()])
    #expect(result.counters.ok == 4)
    for request in server.requests {
      #expect(request.method == "POST" && request.values("content-length") == ["\(3 << 20)"])
      #expect(request.values("transfer-encoding").isEmpty && request.values("expect").isEmpty)
      #expect(request.body.count == 3 << 20 && request.body.last == UInt8(ascii: "!"))
      #expect(request.body.dropLast().allSatisfy { $0 == 0 })
    }
    #expect(Set(server.requests.map(\.connection)) == [0])
  }

  /// 64 MiB, four at a time, against a limit of memory that holds none of them twice.
  @Test func sixtyFourMebibytesNeedLittleMemory() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try file(folder, bytes: 64 << 20)
    let server = try NginxServer(folder: folder.path, server: "client_max_body_size 0;", location: "return 200 ok;")
    defer { server.stop() }
    let run = try ShellRun.run(
      "\"$1\" -X PUT -D \"$2\" -c 4 -n 8 --no-progress --output-format json \"$3\"", [path, server.url("/x")])
    #expect(run.exit == 0, "\(run.output)\(run.errors)")
    let peak = try #require(run.output.firstMatch(of: /"client" : \{[^}]*"rss_peak_bytes" : ([0-9]+)/)?.1)
    #expect(try #require(Int(peak)) < 60 << 20)
  }

  /// libcurl sends again what went into a connection that the server had just closed.
  @Test func aBodyIsSentAgainFromItsStart() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try file(folder, bytes: 2 << 20)
    let server = try ScriptedServer { request in
      request.number == 1 ? [.close] : [.send(EngineHarness.hello)]
    }
    defer { server.stop() }
    let result = try RequestOptionTests.run(["-D", path, "-n", "2", server.url()])
    #expect(result.counters.ok == 2 && result.counters.repeatedRequests == 1)
    #expect(server.requests.count == 3)
    #expect(server.requests.allSatisfy { $0.body.count == 2 << 20 && $0.body.last == UInt8(ascii: "!") })
  }

  @Test func aFileThatShrinksSaysSo() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = try file(folder, bytes: 8 << 20)
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    var plan = EngineHarness.plan(server.url())
    plan.method = "PUT"
    plan.body = try BodyFile.content(path, option: "-D")
    #expect(truncate(path, 5 << 20) == 0)
    let result = try EngineHarness.run(plan)
    #expect(result.counters.failed == 1 && result.counters.transport[.cut] == 1)
    #expect(
      result.evidence.first?.advice
        == "the body's file \(path) was 8388608 bytes long and cannot be read beyond 5242880 now: it changed during the run"
    )
  }

  @Test func aFileThatIsGoneIsAUsageError() {
    var plan = EngineHarness.plan("http://127.0.0.1:1/")
    plan.body = .file(path: "/nowhere/body", length: 5)
    let failure = #expect(throws: ToolFailure.self) { try LoadEngine(plan: plan, memory: NoTargetMemory()) }
    #expect(failure?.message == "/nowhere/body: cannot be read: No such file or directory")
    #expect(failure?.exit == .usage)
  }

  @Test func fewFilesAreStreamed() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var plan = LoadPlan(urls: ["http://127.0.0.1:1/"])
    plan.targets = (0...RequestSet.maximumStreamedFiles).map { _ in
      var target = LoadTarget(url: "http://127.0.0.1:1/")
      target.body = .file(path: "/dev/null", length: 1)
      return target
    }
    // One file, however often it is named.
    #expect(throws: Never.self) { try RequestSet(plan) }
    for index in plan.targets.indices {
      try folder.write("b\(index)", "x")
      plan.targets[index].body = .file(path: "\(folder.path)/b\(index)", length: 1)
    }
    let failure = #expect(throws: ToolFailure.self) { try RequestSet(plan) }
    #expect(failure?.message.contains("more than 32 files of over 1 MiB are sent") == true)
  }
}
