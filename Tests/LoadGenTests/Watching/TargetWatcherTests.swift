import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct TargetWatcherTests {
  private static let stats = """
    {"instance":"i","rss_bytes":1000,"rss_peak_bytes":3000,"cpu_seconds":0.5,"upstream_errors":{"dns_error":1},
     "streams":[{"request_id":"r1","buffered_bytes":17,"bytes_out":5,"age_seconds":0.1},
                {"request_id":"r2","buffered_bytes":0,"bytes_out":5,"age_seconds":0.1}]}
    """

  private static func answer(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
  }

  @Test func decodes() throws {
    let stats = try #require(TargetStats(json: Array(Self.stats.utf8)))
    var memory = TargetMemory()
    stats.update(&memory, source: "s")
    #expect(memory.source == "s" && memory.rssBytes == 1000 && memory.rssPeakBytes == 3000 && memory.sampleCount == 1)
    #expect(memory.bufferedByRequest == ["r1": 17, "r2": 0])
    let later = try #require(TargetStats(json: Array("{\"rss_bytes\":4000}".utf8)))
    later.update(&memory, source: "s")
    #expect(memory.rssBytes == 4000 && memory.rssPeakBytes == 4000 && memory.sampleCount == 2)
    #expect(memory.bufferedByRequest.isEmpty)
  }

  /// Where several processes answer behind one address, the largest one's memory is the target's.
  @Test func instancesAreTheTarget() throws {
    let json = """
      {"rss_bytes":99,"instances":[{"id":"a","rss_bytes":10,"rss_peak_bytes":30,"active_streams":1},
       {"id":"b","rss_bytes":20,"rss_peak_bytes":25,"active_streams":0},{"id":"c"}]}
      """
    let stats = try #require(TargetStats(json: Array(json.utf8)))
    var memory = TargetMemory()
    stats.update(&memory, source: "s")
    #expect(memory.source == "s, largest of 2 instances")
    #expect(memory.rssBytes == 20 && memory.rssPeakBytes == 30)
    #expect(memory.instances.mapValues(\.rssPeakBytes) == ["a": 30, "b": 25])
    let lower = try #require(TargetStats(json: Array("{\"instances\":[{\"id\":\"a\",\"rss_bytes\":5}]}".utf8)))
    lower.update(&memory, source: "s")
    #expect(memory.instances["a"]?.rssBytes == 5 && memory.instances["a"]?.rssPeakBytes == 30)
    let many = (0..<2000).map { "{\"id\":\"\($0)\",\"rss_bytes\":5}" }.joined(separator: ",")
    let crowd = try #require(TargetStats(json: Array("{\"instances\":[\(many)]}".utf8)))
    crowd.update(&memory, source: "s")
    #expect(memory.instances.count <= InstanceBook.limit)
  }

  private static let function = """
    {"front":"function-url","concurrency":8,"memory_limit_bytes":2147483648,"rss_bytes":30,"rss_peak_bytes":60,
     "instances":[{"id":"env-1","pid":41,"state":"ready","rss_bytes":30,"rss_peak_bytes":50,"active_invocations":3,
     "max_concurrency":8,"invocations_total":70,"failures_total":2,"restarts":1},
     {"id":"env-2","pid":null,"state":"ended","rss_bytes":null,"rss_peak_bytes":10,"active_invocations":0,
     "max_concurrency":8,"invocations_total":1,"failures_total":1,"restarts":0}]}
    """

  @Test func environmentsOfAFunction() throws {
    let stats = try #require(TargetStats(json: Array(Self.function.utf8)))
    var memory = TargetMemory()
    stats.update(&memory, source: "gzproxy")
    // Of one that lives, its process is the target; the sum is nobody's.
    #expect(memory.source == "gzproxy (env-1, pid 41)" && memory.rssBytes == 30 && memory.rssPeakBytes == 50)
    var expected = FunctionEnvironment(state: .ready)
    (expected.pid, expected.memoryLimitBytes) = (41, 2 << 30)
    (expected.activeInvocations, expected.maximumInvocations) = (3, 8)
    (expected.invocations, expected.failures, expected.restarts) = (70, 2, 1)
    #expect(memory.environments.map(\.id) == ["env-1", "env-2"])
    #expect(memory.environments[0].environment == expected && memory.environments[0].use.rssBytes == 30)
    #expect(memory.environments[1].environment.state == .ended && memory.environments[1].use.rssPeakBytes == 10)
    // One that is told of no more is gone, and what it was stays.
    let later = try #require(TargetStats(json: Array("{\"memory_limit_bytes\":1,\"instances\":[]}".utf8)))
    later.update(&memory, source: "gzproxy")
    #expect(memory.environments.allSatisfy { $0.environment.state == .ended && $0.environment.activeInvocations == 0 })
    #expect(memory.environments[0].use.rssPeakBytes == 50 && memory.environments[0].environment.invocations == 70)
    #expect(memory.sampleCount == 1 && memory.rssPeakBytes == 50)
  }

  /// Before its first invocation a function has no environment: that is no failure to tell.
  @Test func aFunctionWithoutEnvironments() throws {
    let body = "{\"memory_limit_bytes\":1,\"rss_bytes\":0,\"instances\":[]}"
    let server = try OneShotServer(answers: [Self.answer(body)])
    let probe = StatsProbe(url: "http://127.0.0.1:\(server.port)/", source: "s")
    var memory = TargetMemory()
    #expect(probe.sample(into: &memory))
    #expect(memory == TargetMemory() && probe.notices().isEmpty)
  }

  /// gzlambda takes the path of gzproxy's stats for a request like any other.
  @Test func gzlambdasPathIsNamed() throws {
    let server = try OneShotServer(answers: ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]
    )
    let url = try LoadArguments.watchedURL("http://127.0.0.1:\(server.port)")
    var memory = TargetMemory()
    #expect(!StatsProbe(url: url, source: url).sample(into: &memory))
    #expect(memory.unavailableReason == "\(url) gave no figure: HTTP 404; gzlambda tells it at /.gzlambda/stats")
  }

  @Test(arguments: [
    "", "[]", "{}", "{\"rss_bytes\":\"1\"}", "{\"rss_bytes\":0}", "{\"rss_bytes\":1e300}", "{\"instances\":[]}",
  ])
  func notStats(text: String) {
    #expect(TargetStats(json: Array(text.utf8)) == nil)
  }

  @Test func asksAServer() throws {
    let answer = Self.answer(Self.stats)
    let server = try OneShotServer(answers: [answer, answer])
    let url = "http://127.0.0.1:\(server.port)/x/stats?a=b"
    let watcher = try TargetWatcher(WatchTarget(url: url))
    #expect(watcher.current() == TargetMemory())
    watcher.start()
    #expect(watcher.current().rssBytes == 1000)
    #expect(watcher.current().source == url)
    #expect(watcher.current().ageSeconds != nil)
    watcher.stop()
    #expect(watcher.current().sampleCount >= 2)
    #expect(server.requests.first?.hasPrefix("GET /x/stats?a=b HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\n") == true)
    // The figure stays when nobody answers any more.
    #expect(watcher.current().rssBytes == 1000)
  }

  @Test(arguments: [
    ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP 404"),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", "no stats with rss_bytes"),
  ])
  func whoDoesNotSayIsNamed(answer: String, reason: String) throws {
    let server = try OneShotServer(answers: [answer])
    let url = "http://127.0.0.1:\(server.port)/"
    let probe = StatsProbe(url: url, source: url)
    var memory = TargetMemory()
    #expect(!probe.sample(into: &memory))
    #expect(memory.unavailableReason == "\(url) gave no figure: \(reason)")
    #expect(memory.source == nil && memory.rssBytes == nil && memory.sampleCount == 0)
    var result = SampleResults.refused
    result.memory = memory
    #expect(RunReport(result).targetMemory.source == "n/a — \(url) gave no figure: \(reason)")
  }

  /// One unanswered question is no news; a second of them is.
  @Test func silenceIsToldOnce() throws {
    let probe = StatsProbe(url: "http://127.0.0.1:\(try ScriptedServer.refusedPort())/", source: "s")
    var memory = TargetMemory()
    for _ in 0..<3 { _ = probe.sample(into: &memory) }
    #expect(probe.notices().isEmpty)
    _ = probe.sample(into: &memory)
    #expect(probe.notices().count == 1)
  }

  @Test func anAnswerThatNeverEndsIsGivenUp() throws {
    let server = try ScriptedServer { request in
      request.path == "/slow"
        ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), .hang]
        : [.send("HTTP/1.1 200 OK\r\nContent-Length: 6291456\r\n\r\n"), .bytes([UInt8](repeating: 32, count: 6 << 20))]
    }
    defer { server.stop() }
    let slow = BriefRequest.get(server.url("/slow"), timeout: 200)
    if case .body = slow { Issue.record("half an answer was taken") }
    #expect(BriefRequest.get(server.url("/large"), timeout: 10_000) == .failure("larger than any stats"))
  }

  @Test func figuresOfALaterLookAreTaken() {
    var result = TargetMemory()
    result.instances = ["i": .init()]
    result.rssPeakBytes = 5000
    var later = TargetMemory()
    result.takeFigures(of: later)
    #expect(result.source == nil && result.rssPeakBytes == 5000)
    later.source = "s"
    later.rssBytes = 1
    later.rssPeakBytes = 3
    later.sampleCount = 9
    result.takeFigures(of: later)
    #expect(result.source == "s" && result.rssBytes == 1 && result.rssPeakBytes == 5000 && result.sampleCount == 9)
    #expect(result.instances.count == 1)
    // Of an environment the later moment counts.
    var environment = TargetMemory.Instance()
    (environment.rssBytes, environment.rssPeakBytes, environment.environment) = (
      7, 9, FunctionEnvironment(state: .ready)
    )
    result.instances["e"] = environment
    environment.environment?.state = .ended
    (environment.rssBytes, environment.rssPeakBytes) = (0, 8)
    later.instances["e"] = environment
    result.takeFigures(of: later)
    #expect(result.instances["e"]?.rssBytes == 0 && result.instances["e"]?.rssPeakBytes == 9)
    #expect(result.environments.map(\.environment.state) == [.ended])
  }

  #if os(Linux)
    /// A shell, two children, and a grandchild.
    @Test func aTreeIsMeasuredWhole() throws {
      let script = "sleep 20 & (sleep 20 & wait) & wait"
      let child = try ChildProcess.start(executable: "/bin/sh", arguments: ["-c", script], name: "sh")
      let tree = try #require(ProcessTree(pid: child.pid))
      EngineHarness.eventually("the tree stands") { (tree.read()?.processes ?? 0) >= 4 }
      let alone = try #require(ProcessTree(pid: child.pid)?.read())
      #expect(alone.processes == 4)
      #expect(alone.rssBytes > 4 * 100_000)
      let probe = try ProcessProbe(pid: child.pid)
      var memory = TargetMemory()
      #expect(probe.sample(into: &memory))
      #expect(memory.source == "pid \(child.pid) and 3 descendants")
      #expect(memory.rssBytes ?? 0 > 0 && memory.rssPeakBytes == memory.rssBytes && memory.sampleCount == 1)
      #expect(probe.notices().isEmpty)
      kill(child.pid, SIGKILL)
      child.end(within: .seconds(5))
      // What was last seen stays, and somebody says that it is old.
      let last = memory
      #expect(!probe.sample(into: &memory))
      #expect(memory == last)
      #expect(probe.notices().first?.hasPrefix("the watched process (pid \(child.pid)) ended ") == true)
      #expect(!ProcessTree.exists(child.pid))
      #expect(throws: ToolFailure.self) { try ProcessProbe(pid: child.pid) }
    }

    /// The process's figure is the target's; what the URL knows of streams stands beside it.
    @Test func bothSourcesAtOnce() throws {
      let answer = Self.answer(Self.stats)
      let server = try OneShotServer(answers: [answer, answer])
      let watcher = try TargetWatcher(WatchTarget(pid: getpid(), url: "http://127.0.0.1:\(server.port)/"))
      watcher.start()
      let memory = watcher.current()
      watcher.stop()
      #expect(memory.source?.hasPrefix("pid \(getpid())") == true)
      #expect(memory.rssBytes ?? 0 > 1_000_000)
      #expect(memory.bufferedByRequest == ["r1": 17, "r2": 0])
    }
  #endif
}
