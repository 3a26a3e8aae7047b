import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

/// From the flags that say how much load, to the plan.
@Suite struct PaceTests {
  private func plan(_ arguments: [String]) throws -> LoadPlan {
    try LoadArguments.parse(arguments + ["http://h/"]).plan(.gzload)
  }

  private func stages(_ pairs: [(Double, Double)]) -> [LoadStage] {
    pairs.map { LoadStage(duration: .seconds($0.0), target: $0.1) }
  }

  @Test func rates() throws {
    for (text, rate) in [("100", 100), ("2.5/s", 2.5), ("90/m", 1.5), (".5", 0.5)] {
      let plan = try plan(["-q", text])
      #expect(plan.arrivals == .rate(start: rate, stages: []))
      #expect(plan.streams == 200 && plan.concurrency == 50 && plan.correctsLatency)
    }
    #expect(try !plan(["-q", "1", "--no-latency-correction"]).correctsLatency)
  }

  @Test func stagesOfLanes() throws {
    let plan = try plan(["--stages", "30s:100,1m:0"])
    #expect(plan.arrivals == .lanes(stages([(30, 100), (60, 0)])))
    #expect(plan.concurrency == 100 && plan.streams == nil && plan.runDuration?.seconds == 90)
    let shorter = try self.plan(["--stages", "30s:100", "-z", "10s", "-c", "200", "-n", "5"])
    #expect(shorter.concurrency == 200 && shorter.streams == 5 && shorter.runDuration?.seconds == 10)
  }

  @Test func stagesOfArrivals() throws {
    #expect(try plan(["--stages", "1s:60/m,1s:0/s"]).arrivals == .rate(start: 0, stages: stages([(1, 1), (1, 0)])))
    let plan = try plan(["-q", "5", "--stages", "1m30s:100/s", "--warm-up", "2s"])
    #expect(plan.arrivals == .rate(start: 5, stages: stages([(90, 100)])))
    #expect(plan.concurrency == 50 && plan.warmUp?.seconds == 2)
  }

  @Test func burstsAndShards() throws {
    let plan = try plan(["--burst", "1k@10s", "--shard", "2/8", "-n", "1m"])
    #expect(plan.arrivals == .bursts(count: 1000, every: .seconds(10)))
    #expect(plan.shard == Shard(index: 2, count: 8) && plan.ownStreams == 125_000)
  }

  @Test func startTimes() throws {
    let now = 1_795_341_600.0
    for (text, time) in [
      ("2026-11-22T10:00:00Z", now), ("2026-11-22t10:00:00z", now), ("2026-11-22T10:00:00.25Z", now + 0.25),
      ("2026-11-22T09:59:60Z", now), ("@1795341600", now), ("@1795341600.5", now + 0.5),
      ("2026-11-22T09:59:01Z", now - 59), ("2026-11-23T09:59:59Z", now + 86_399),
    ] {
      #expect(try StartTime.parse(text, now: now) == time)
    }
    // Days are counted right whatever the year.
    for (text, time) in [
      ("1970-01-01T00:00:00Z", 0.0), ("2000-02-29T00:00:00Z", 951_782_400), ("2100-03-01T00:00:00Z", 4_107_542_400),
      ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
      #expect(try StartTime.parse(text, now: time) == time)
    }
    #expect(UTCTimestamp.text(try StartTime.parse("2026-11-22T10:00:00Z", now: now)) == "2026-11-22T10:00:00.000Z")
  }

  @Test(arguments: [
    ("tomorrow", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-11-22T10:00:00+01:00", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-02-29T10:00:00Z", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-11-22T24:00:00Z", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-11-22T10:00:00.Z", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-11-22 10:00:00Z", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("@", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("@1e9", "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600"),
    ("2026-11-22T09:58:00Z", "was 2m00s ago, and at most 1m00s is caught up"),
    ("2026-11-23T11:00:00Z", "is 25h00m ahead, and at most 24h00m is waited"),
  ])
  func badStartTimes(text: String, reason: String) {
    let failure = #expect(throws: ToolFailure.self) { try StartTime.parse(text, now: 1_795_341_600) }
    #expect(failure?.message == "--start-at \(text): \(reason)")
    #expect(failure?.exit == .usage)
  }

  @Test(arguments: [
    (["-q", "0"], "-q 0: not a rate; write it like 100, 2.5/s or 90/m"),
    (["-q", "1e3"], "-q 1e3: not a rate; write it like 100, 2.5/s or 90/m"),
    (["-q", "-1"], "-q -1: not a rate; write it like 100, 2.5/s or 90/m"),
    (["-q", "nan"], "-q nan: not a rate; write it like 100, 2.5/s or 90/m"),
    (["-q", "5/h"], "-q 5/h: not a rate; write it like 100, 2.5/s or 90/m"),
    (["-q", "10000001"], "-q 10000001: at most 10000000/s"),
    (["--stages", "30s"], "--stages 30s: not a list of stages; write it like 30s:100,1m:0 or 30s:50/s,1m:0/s"),
    (["--stages", "30:100"], "--stages 30:100: not a list of stages; write it like 30s:100,1m:0 or 30s:50/s,1m:0/s"),
    (["--stages", "30s:5,"], "--stages 30s:5,: not a list of stages; write it like 30s:100,1m:0 or 30s:50/s,1m:0/s"),
    (["--stages", "0:5"], "--stages 0:5: not a list of stages; write it like 30s:100,1m:0 or 30s:50/s,1m:0/s"),
    (["--stages", "1s:2.5"], "--stages 1s:2.5: 2.5 is not a number of lanes up to 1000000; for arrivals write 100/s"),
    (["--stages", "1s:-1"], "--stages 1s:-1: -1 is not a number of lanes up to 1000000; for arrivals write 100/s"),
    (["--stages", "1s:x/s"], "--stages 1s:x/s: x/s is not a rate; write it like 100/s or 90/m"),
    (["--stages", "1s:0"], "--stages 1s:0: no stage has any load"),
    (
      ["--stages", "1s:5,1s:5/s"],
      "--stages 1s:5,1s:5/s: lanes and arrivals are mixed; give every stage a /s or /m for arrivals, or none for lanes"
    ),
    (
      ["--stages", "30s:100", "-q", "5"],
      "--stages 30s:100: a bare number is lanes, and -q is arrivals; write 30s:100/s or drop -q"
    ),
    (["--stages", "30s:100", "-c", "50"], "-c 50: --stages goes up to 100 lanes; leave -c out, or raise it"),
    (["--burst", "5", "-q", "5"], "--burst and -q: both say when streams begin; keep one of them"),
    (["--burst", "5", "--stages", "5"], "--burst and --stages: both say when streams begin; keep one of them"),
    (["--burst", "5"], "--burst 5: not N@PERIOD with up to 1m streams and at least 1ms; write it like 50@10s"),
    (["--burst", "0@1s"], "--burst 0@1s: not N@PERIOD with up to 1m streams and at least 1ms; write it like 50@10s"),
    (["--burst", "5@0"], "--burst 5@0: not N@PERIOD with up to 1m streams and at least 1ms; write it like 50@10s"),
    (
      ["--stages", "1s:5/s", "--warm-up", "1s"],
      "--warm-up: these stages begin with no arrivals; give the rate to warm up with by -q"
    ),
    (["--warm-up", "5"], "--warm-up 5: a duration needs a unit; did you mean 5s?"),
    (
      ["--no-latency-correction"],
      "--no-latency-correction: without -q, --burst or stages of arrivals nothing is corrected; drop it"
    ),
    (["--shard", "2"], "--shard 2: not I/N with N up to 1000; write it like 2/8"),
    (["--shard", "1/1001"], "--shard 1/1001: not I/N with N up to 1000; write it like 2/8"),
    (["--shard", "0/8"], "--shard 0/8: parts are counted from 1 to 8"),
    (["--shard", "9/8"], "--shard 9/8: parts are counted from 1 to 8"),
    (
      ["--shard", "1/8", "-c", "4"],
      "--shard 1/8: -c 4 leaves some of the 8 parts no lane; give at least -c 8"
    ),
    (
      ["--shard", "1/8", "-n", "7"],
      "--shard 1/8: -n 7 leaves some of the 8 parts no stream; give at least -n 8"
    ),
  ])
  func refusals(arguments: [String], line: String) throws {
    let parsed = try LoadArguments.parse(arguments + ["http://h/"])
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan(.gzload) }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }

  @Test func tooManyStages() throws {
    let text = Array(repeating: "1s:1", count: 101).joined(separator: ",")
    let failure = #expect(throws: ToolFailure.self) { try plan(["--stages", text]) }
    #expect(failure?.message.hasSuffix(": at most 100 stages") == true)
  }

  @Test func theProgressLineSaysWhatIsPlanned() throws {
    func line(_ arguments: [String], _ change: (inout Snapshot) -> Void) throws -> String {
      var meter = ProgressMeter(plan: try plan(arguments))
      var snapshot = Snapshot()
      snapshot.elapsedSeconds = 10
      snapshot.counters.streams = 20
      snapshot.active = 3
      change(&snapshot)
      return meter.line(snapshot)
    }
    #expect(
      try line(["--stages", "20s:100/s"]) {
        $0.counters.late = 1234; $0.counters.dropped = 5
      }
        == "10s  20 streams, 0 B/s, goal 50/s, 1,234 late, 5 dropped, 3 running")
    #expect(try line(["-q", "90/m", "-n", "40"]) { _ in } == "10s  20/40 streams, 0 B/s, goal 1.5/s, 3 running")
    #expect(try line(["--stages", "20s:100"]) { $0.concurrency = 51 } == "10s  20 streams, 0 B/s, 51 lanes, 3 running")
    #expect(
      try line(["-n", "40", "--shard", "2/4"]) {
        $0.phase = .waiting; $0.secondsToStart = 12.2; $0.active = 0
      }
        == "10s  starts in 13s, 0 running")
    #expect(
      try line(["--warm-up", "9s"]) {
        $0.phase = .warmingUp; $0.secondsToStart = 3; $0.counters.warmUpStreams = 7
      }
        == "10s  warming up, 3s left, 7 streams, 3 running")
    #expect(try line(["-n", "40", "--shard", "2/4"]) { _ in } == "10s  20/10 streams, 0 B/s, 3 running")
  }

  @Test func theReportRepeatsThePlan() throws {
    var plan = try plan(["-q", "5", "--stages", "2s:10/s", "--warm-up", "1s", "--shard", "1/2"])
    plan.startAt = 1_795_341_600
    var result = RunResult(
      plan: plan, startedAt: 0, durationSeconds: 2, interrupted: false, counters: Counters(),
      distributions: Distributions(), evidence: [], memory: TargetMemory(), client: ClientUse(), notes: [])
    result.counters.streams = 7
    result.counters.ok = 7
    result.counters.dropped = 2
    result.counters.late = 1
    var delays = StartDelays()
    for _ in 0..<7 { delays.record(nanoseconds: 1_500_000) }
    result.startDelays = delays
    let json = try RunReport(result).json()
    for text in [
      "\"planned\" : 9", "\"late\" : 1", "\"dropped\" : 2", "\"p99\" : 0.0015", "\"rate_per_second\" : 5",
      "\"rate_per_second\" : 10", "\"warm_up_seconds\" : 1", "\"corrects_latency\" : true",
      "\"shard\" : \"1\\/2\"", "\"start_at\" : \"2026-11-22T10:00:00.000Z\"", "\"duration_seconds\" : 2",
    ] {
      #expect(json.contains(text) || json.contains(text.replacing("\\/", with: "/")), "\(text)")
    }
  }

  /// A tool that waits for its time ends at once when it is asked to.
  @Test func anInterruptEndsTheWait() throws {
    let run = try ShellRun.run(
      """
      tool=$1; shift; "$tool" "$@" & pid=$!
      \(ShellRun.untilItRuns)
      kill -TERM $pid; wait $pid
      """,
      ["--start-at", "@\(Int(MonotonicClock.wallSeconds()) + 3600)", "--no-progress", "http://127.0.0.1:1/"])
    #expect(run.exit == 105)
    #expect(run.output.contains("streams      0: "))
  }
}
