import Testing
import ToolSupport

@testable import LoadGen

/// The reports of a plan's parts add up to the report of one process.
@Suite struct ReportMergeTests {
  private static func named(_ results: [RunResult]) -> [NamedReport] {
    results.enumerated().map { NamedReport(path: "/r/\($0.offset).json", report: RunReport($0.element)) }
  }

  /// One run, and the same streams as several processes had them.
  private static func run(parts: Int, seed: UInt64) -> (whole: RunResult, parts: [RunResult]) {
    var random = RandomSource(seed: seed)
    var whole = SampleResults.empty
    whole.plan.streams = 3000
    var shards = (1...parts).map { index in
      var result = whole
      result.plan.shard = Shard(index: index, count: parts)
      result.startedAt += Double(index) * 0.5
      result.durationSeconds = 10
      return result
    }
    (whole.startedAt, whole.durationSeconds) = (whole.startedAt + 0.5, 10 + Double(parts - 1) * 0.5)
    for stream in 1...3000 {
      let shard = Int(random.next() % UInt64(parts))
      let isGood = random.uniform() > 0.01
      for metric in Distributions.Metric.allCases {
        let value = Int64(1000 * random.gamma(2))
        whole.distributions.record(metric, value)
        shards[shard].distributions.record(metric, value)
      }
      count(stream, isGood, in: &whole)
      count(stream, isGood, in: &shards[shard])
    }
    return (whole, shards)
  }

  private static func count(_ stream: Int, _ isGood: Bool, in result: inout RunResult) {
    result.counters.streams += 1
    result.counters.ok += isGood ? 1 : 0
    result.counters.failed += isGood ? 0 : 1
    result.counters.bytesWire += 1000
    result.counters.status[200, default: 0] += 1
    result.counters.verdicts[isGood ? .valid : .truncated] += 1
    result.counters.transport[.complete] += 1
    guard !isGood, result.evidence.count < Evidence.perKind else { return }
    result.evidence.append(
      Evidence(
        stream: stream, url: "http://h/", outcome: "truncated", cause: nil, status: 200, headers: [], bodyHead: [1],
        bodyTail: [2], advice: "look"))
  }

  @Test(arguments: [1, 2, 8], UInt64(1)...3) func partsAddUpToTheWhole(_ parts: Int, _ seed: UInt64) throws {
    let (whole, shards) = Self.run(parts: parts, seed: seed)
    var expected = whole
    // Read once itself, since a report's start has milliseconds.
    expected = try RunReport(json: Array(RunReport(expected).json().utf8), name: "w").result(name: "w")
    expected.plan.streams = 3000
    let merged = try ReportMerge(reports: Self.named(shards)).merged()
    expected.notes = merged.notes
    #expect(merged.notes.count == 1 && merged.notes[0].hasPrefix("merged from \(parts) reports: 0.json"))
    let options = ReportOptions(whole.plan, lab: nil)
    #expect(try merged.json() == RunReport(expected, options: options).json())
    #expect(merged.exit == .thresholdFailed)
  }

  @Test func whatIsNotAddedIsTheLargest() throws {
    var (left, right) = (SampleResults.passed, SampleResults.passed)
    left.startedAt += 100
    left.memory.rssBytes = 5
    left.memory.rssPeakBytes = 6
    left.client.busyFraction = 0.1
    right.memory.instances = [
      "a": TargetMemory.Instance(), "b": SampleResults.naive.memory.instances["i-1"] ?? .init(),
    ]
    left.memory.instances = ["b": SampleResults.naive.memory.instances["i-1"] ?? .init()]
    left.notes = ["both", "left"]
    right.notes = ["both"]
    let merged = try ReportMerge(reports: Self.named([left, right])).merged()
    // 200 streams each, and the last to end said 5.
    #expect(merged.totals.streams == 400 && merged.targetMemory.rssBytes == 5)
    #expect(merged.targetMemory.rssPeakBytes == 25_165_824 && merged.targetMemory.sampleCount == 36)
    #expect(merged.instances.map(\.id) == ["a", "b"] && merged.instances.last?.streams == 400)
    #expect(merged.client.busyFraction == 0.43 && merged.client.cpuSeconds == 3 && merged.client.threads == 4)
    #expect(merged.durationSeconds == 104)
    #expect(merged.rate.streamsPerSecond == Rounding.significant(400.0 / 104))
    #expect(Array(merged.notes.dropFirst()) == ["both", "0.json: left"])
  }

  @Test func evidenceStaysBounded() throws {
    let (_, shards) = Self.run(parts: 8, seed: 5)
    let merged = try ReportMerge(reports: Self.named(shards)).merged()
    let first = shards.flatMap(\.evidence).map(\.stream).sorted().prefix(Evidence.perKind)
    #expect(merged.evidence.map(\.stream) == Array(first))
  }

  @Test func interruptedPartsMakeItSo() throws {
    var (_, shards) = Self.run(parts: 2, seed: 5)
    shards[1].interrupted = true
    #expect(try ReportMerge(reports: Self.named(shards)).merged().exit == .interrupted)
  }

  @Test func otherPlansAreRefused() throws {
    func refusal(_ results: [RunResult]) throws -> String {
      let reports = Self.named(results)
      _ = try ReportMerge(reports: reports, force: true).merged()
      let failure = try #require(throws: ToolFailure.self) { try ReportMerge(reports: reports).merged() }
      #expect(failure.exit == .usage)
      return failure.message
    }
    let one = SampleResults.passed
    var other = one
    other.plan.targets = [LoadTarget(url: "http://127.0.0.1:8080/other")]
    other.plan.concurrency = 17
    let text = try refusal([one, other])
    #expect(text.contains("of different plans: concurrency: 16 and 17 (and 1 more); --force"), "\(text)")
    #expect(try refusal([one, one]) == "0.json and 1.json are the same run; --force adds it up twice")
    var (_, shards) = Self.run(parts: 3, seed: 1)
    shards[2].plan.shard = Shard(index: 1, count: 3)
    #expect(try refusal(shards).hasPrefix("0.json and 2.json are both of shard 1/3;"))
    shards[2].plan.shard = Shard(index: 3, count: 4)
    #expect(try refusal(shards).hasPrefix("the reports are of plans with different shards;"))
  }

  /// A shard that failed its own threshold must not become green because another report was named first.
  @Test func otherThresholdsAndLimitsAreRefused() throws {
    var (_, shards) = Self.run(parts: 2, seed: 1)
    let strict = Threshold.implicit + [try Threshold.parse("stream_ttfb:p(95) < 1ms")]
    (shards[0].plan.thresholds, shards[1].plan.thresholds) = ([try Threshold.parse("streams:count > 0")], strict)
    for parts in [shards, shards.reversed()] {
      let reports = Self.named(parts)
      let failure = try #require(throws: ToolFailure.self) { try ReportMerge(reports: reports).merged() }
      #expect(
        failure.exit == .usage && failure.message.contains("of different plans: threshold: "), "\(failure.message)")
      #expect(failure.message.contains("'stream_ttfb:p(95) < 1ms'") && failure.message.contains("'streams:count > 0'"))
      let forced = try ReportMerge(reports: reports, force: true).merged()
      #expect(forced.exit == .thresholdFailed)
      #expect(
        Set(forced.thresholds.map(\.expression)) == Set((strict + shards[0].plan.thresholds).map(\.expression)))
      #expect(forced.thresholds.count == 4)
      #expect(forced.notes.contains("the reports had different thresholds: the sum is held against all of them"))
    }
    // The same ones in another order are the same.
    (shards[0].plan.thresholds, shards[1].plan.thresholds) = (strict, strict.reversed())
    #expect(try ReportMerge(reports: Self.named(shards)).merged().thresholds.count == 3)
    shards[1].plan.thresholds = strict
    shards[1].plan.pauseLimits.slowStart = .seconds(5)
    shards[1].plan.pauseLimits.silentGap = .seconds(0.5)
    for parts in [shards, shards.reversed()] {
      let reports = Self.named(parts)
      let failure = try #require(throws: ToolFailure.self) { try ReportMerge(reports: reports).merged() }
      #expect(failure.message.contains("of different plans: slow_start: "), "\(failure.message)")
      let forced = try ReportMerge(reports: reports, force: true).merged()
      #expect(forced.pauses.slowStartLimitSeconds == 1 && forced.pauses.silentGapLimitSeconds == 0.5)
      #expect(forced.notes.contains { $0.hasPrefix("long waits were counted by different limits") })
    }
  }

  /// Who had no figure says nothing about the memory that others saw.
  @Test func memoryIsOfThoseWhoSawIt() throws {
    var (left, right) = (SampleResults.passed, SampleResults.passed)
    left.memory = TargetMemory()
    left.memory.unavailableReason = "http://h/stats gave no figure: refused"
    right.startedAt += 1
    let seen = try ReportMerge(reports: Self.named([left, right])).merged().targetMemory
    #expect(seen.source == "gzproxy (child, pid 4711)" && seen.rssPeakBytes == 25_165_824)
    right.memory = left.memory
    let unseen = try ReportMerge(reports: Self.named([left, right])).merged().targetMemory
    #expect(unseen.source == "n/a — http://h/stats gave no figure: refused" && unseen.rssBytes == nil)
  }

  @Test func aMissingPartIsTold() throws {
    let (_, shards) = Self.run(parts: 4, seed: 1)
    let merged = try ReportMerge(reports: Self.named([shards[0], shards[2]])).merged()
    #expect(merged.notes.contains("not the whole plan: no report of shard 2/4, 4/4"))
    #expect(merged.options.shard == nil)
  }

  @Test func aLabsPortsAreNoDifference() throws {
    var (left, right) = (SampleResults.passed, SampleResults.passed)
    left.plan.targets = [LoadTarget(url: "http://127.0.0.1:1111/gzip/1MiB")]
    right.plan.targets = [LoadTarget(url: "http://127.0.0.1:2222/gzip/1MiB")]
    right.startedAt += 1
    let reports = [left, right].map { NamedReport(path: "r", report: RunReport($0, lab: .proxy)) }
    #expect(try ReportMerge(reports: reports).merged().totals.streams == 400)
  }

  @Test func sumsBeyondAllMeasureAreRefused() throws {
    let text = try RunReport(SampleResults.passed).json()
      .replacing("\"counts\" : \"180:16\"", with: "\"counts\" : \"180:60000000000000000\"")
    let reports = try (0..<3).map {
      NamedReport(path: "\($0)", report: try RunReport(json: Array(text.utf8), name: "r"))
    }
    let failure = try #require(throws: ToolFailure.self) { try ReportMerge(reports: reports, force: true).merged() }
    #expect(failure.message == "1: histograms.connect: with the others it is more than can be added up")
  }
}
