import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

@Suite struct PlanTests {
  private func plan(_ arguments: [String], _ defaults: LoadDefaults = .gzload) throws -> LoadPlan {
    try LoadArguments.parse(LoadArguments.prepared(arguments)).plan(defaults)
  }

  @Test func defaultsOfGzload() throws {
    let plan = try plan(["http://h/"])
    #expect(plan.urls == ["http://h/"])
    #expect(plan.concurrency == 50)
    #expect(plan.streams == 200)
    #expect(plan.duration == nil)
    #expect(plan.grace.seconds == 30)
    #expect(plan.threads == nil)
    #expect(plan.method == "GET")
    #expect(plan.headers.isEmpty && plan.body == nil && !plan.insecure)
    #expect(plan.connectTimeout.seconds == 5)
    #expect(plan.stallTimeout.seconds == 30)
    #expect(plan.maxTime == nil)
    #expect(plan.validation == .compare)
    #expect(plan.referenceMemory.bytes == 256 << 20)
    #expect(plan.expectations.statuses == [200...399])
    #expect(!plan.expectations.gzip && plan.expectations.headers.isEmpty)
    #expect(plan.seed == 0)
  }

  @Test func defaultsOfGztop() throws {
    let plan = try plan(["http://h/"], .gztop)
    #expect(plan.concurrency == 8)
    #expect(plan.streams == nil)
    #expect(plan.duration == nil)
  }

  @Test func gztopWithoutTargetLoadsTheLab() throws {
    let arguments = try LoadArguments.parse([])
    #expect(try arguments.labMode(.gztop) == .proxy)
    #expect(try arguments.plan(.gztop).urls == Lab.demoTargets)
    #expect(try LoadArguments.parse(["http://h/"]).labMode(.gztop) == nil)
  }

  @Test func durationAloneSetsNoCount() throws {
    #expect(try plan(["-z", "30s", "http://h/"]).streams == nil)
    #expect(try plan(["-z", "30s", "http://h/"]).duration?.seconds == 30)
    let both = try plan(["-z", "1m", "-n", "10k", "http://h/"])
    #expect(both.streams == 10_000 && both.duration?.seconds == 60)
  }

  @Test func everyFlagOfJudgingReachesThePlan() throws {
    let digest = String(repeating: "CD", count: 32)
    let judged = try plan([
      "--expect-sha256-decoded", digest, "--expect-length-decoded", "1KiB", "--expect-header", "ETag:", "--slow-start",
      "300ms", "--silent-gap", "2s", "--threshold", "stream_ttfb:p(95)<1s", "--threshold", "stream_ttfb:p(95) < 1s",
      "--abort-on-fail", "--abort-delay", "0", "--abort-min-streams", "1k", "--watch-url", "http://h:1/x", "http://h/",
    ])
    #expect(judged.expectations.decodedSHA256 == digest.lowercased() && judged.expectations.decodedLength == 1024)
    #expect(judged.expectations.headers.map(\.name) == ["ETag"] && judged.expectations.headers.map(\.value) == [""])
    #expect(judged.pauseLimits.slowStart.seconds == 0.3 && judged.pauseLimits.silentGap.seconds == 2)
    // The same twice is one.
    #expect(
      judged.thresholds.map(\.expression)
        == ["stream_failed:rate == 0", "gzip_invalid:rate == 0", "stream_ttfb:p(95) < 1s"])
    #expect(judged.abort?.delay.nanoseconds == 0 && judged.abort?.minimumStreams == 1000)
    #expect(judged.publishesDistributions)
    #expect(judged.watch == WatchTarget(url: "http://h:1/x"))
    let plain = try plan(["http://h/"])
    #expect(plain.thresholds == Threshold.implicit && plain.abort == nil && plain.watch == nil)
    #expect(!plain.publishesDistributions)
    let alone = try plan(["--no-default-thresholds", "--threshold", "streams:count>1", "http://h/"])
    #expect(alone.thresholds.map(\.expression) == ["streams:count > 1"])
    #expect(try plan(["--no-default-thresholds", "http://h/"]).thresholds.isEmpty)
  }

  @Test(arguments: [
    ("http://h:1", "http://h:1/.gzproxy/stats"), ("http://h:1/", "http://h:1/.gzproxy/stats"),
    ("https://h/stats", "https://h/stats"), ("http://h/?a=b", "http://h/?a=b"),
    ("http://[::1]:8", "http://[::1]:8/.gzproxy/stats"),
  ])
  func aWatchedURLWithoutAPathIsTheProxys(typed: String, url: String) throws {
    #expect(try LoadArguments.watchedURL(typed) == url)
  }

  @Test func everyFlagReachesThePlan() throws {
    let plan = try plan([
      "-c", "7", "-n", "1m", "-z", "90s", "--grace", "0", "--seed", "18446744073709551615", "--threads", "2",
      "-m", "put", "-H", "A: b", "-H", "C:d", "-d", "hi", "-k", "--connect-timeout", "1s", "--stall-timeout", "2s",
      "-t", "3s", "--validate", "full", "--reference-memory", "1MiB", "--expect", "gzip", "--expect-status",
      "200,300-399", "--expect-header", "Vary: Accept", "--expect-sha256", String(repeating: "AB", count: 32),
      "--expect-length", "64KiB", "http://a/", "https://b:8443/x?y=1#z",
    ])
    #expect(plan.urls == ["http://a/", "https://b:8443/x?y=1"])
    #expect(plan.concurrency == 7 && plan.streams == 1_000_000 && plan.duration?.seconds == 90)
    #expect(plan.grace.nanoseconds == 0 && plan.seed == .max && plan.threads == 2)
    #expect(plan.method == "PUT" && plan.headers == ["A: b", "C:d"] && plan.body == .bytes(Array("hi".utf8)))
    #expect(plan.insecure && plan.connectTimeout.seconds == 1 && plan.stallTimeout.seconds == 2)
    #expect(plan.maxTime?.seconds == 3)
    #expect(plan.validation == .full && plan.referenceMemory.bytes == 1 << 20)
    #expect(plan.expectations.gzip && plan.expectations.statuses == [200...200, 300...399])
    #expect(plan.expectations.headers.map(\.name) == ["Vary"] && plan.expectations.headers.map(\.value) == ["Accept"])
    #expect(plan.expectations.sha256 == String(repeating: "ab", count: 32))
    #expect(plan.expectations.length == 65_536)
  }

  @Test(arguments: [
    ["-X", "POST"], ["--request", "POST"], ["--method", "POST"], ["-d", "x"], ["--data", "x"], ["--body", "x"],
  ])
  func methodAndItsAliases(_ flags: [String]) throws {
    #expect(try plan(flags + ["http://h/"]).method == "POST")
  }

  @Test func longNamesOfCurl() throws {
    let plan = try plan(["--header", "A: b", "--insecure", "--max-time", "9s", "http://h/"])
    #expect(plan.headers == ["A: b"] && plan.insecure && plan.maxTime?.seconds == 9)
  }

  @Test func dataThatLooksLikeAFlagIsData() throws {
    #expect(try plan(["-d", "--insecure", "http://h/"]).body == .bytes(Array("--insecure".utf8)))
  }

  @Test(arguments: [
    (["--embedded"], LabMode.proxy, [Lab.defaultTarget]),
    (["--embedded=naive"], .naive, [Lab.defaultTarget]),
    (["--embedded", "/gzip/1MiB?fault=crc", "/hello"], .proxy, ["/gzip/1MiB?fault=crc", "/hello"]),
    (["-c", "2", "--embedded=proxy", "/a#b"], .proxy, ["/a"]),
    (["--embedded=lambda"], .lambda, [Lab.defaultTarget]),
    (["--embedded=buffered"], .buffered, [Lab.overlongTarget]),
    (["--embedded=buffered", "/gzip/1KiB"], .buffered, ["/gzip/1KiB"]),
  ])
  func embedded(arguments: [String], mode: LabMode, targets: [String]) throws {
    let parsed = try LoadArguments.parse(LoadArguments.prepared(arguments))
    #expect(try parsed.labMode(.gzload) == mode)
    #expect(try parsed.plan(.gzload).urls == targets)
  }

  /// The lab turns no lane away unless it is told to.
  @Test(arguments: [
    (["--embedded=lambda"], 64), (["--embedded=lambda", "-c", "3"], 64), (["--embedded=buffered", "-c", "90"], 90),
    (["--embedded=lambda", "-c", "90", "--lab-concurrency", "9"], 9),
    (["--embedded=lambda", "-c", "1600", "-n", "2k", "--shard", "1/2"], 800), (["--embedded"], nil),
    (["http://h/"], nil),
  ])
  func invocationsOfTheLab(arguments: [String], count: Int?) throws {
    let parsed = try LoadArguments.parse(LoadArguments.prepared(arguments))
    #expect(try parsed.labConcurrency(.gzload, parsed.plan(.gzload)) == count)
  }

  @Test func onlyTheBareFlagIsPrepared() {
    #expect(
      LoadArguments.prepared(["--embedded", "-n", "2", "--embedded=naive", "--", "--embedded"])
        == ["--embedded=proxy", "-n", "2", "--embedded=naive", "--", "--embedded"])
  }

  @Test(arguments: [
    "http://h", "HTTP://H/", "http://127.0.0.1:1/", "http://[::1]/x", "http://[::1]:8080/", "https://h:/", "http://h?q",
    "http://h/a:b@c", "http://h/?u=http://x", "http://[fe80::1%25lo]:8080/", "http://[fe80::1%251]/",
    "http://[fe80::1%25br-lan_0.100~x]/",
  ])
  func goodURLs(url: String) throws {
    #expect(try TargetURL.checked(url) == url)
    // libcurl has the last word.
    try CurlLibrary.check(target: url)
  }
}
