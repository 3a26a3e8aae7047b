import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// A report of a run that goes on.
@Suite struct DeskReportTests {
  private static let schema =
    #filePath.replacing(/Tests\/LoadGenTests\/Showing\/.*/, with: "Docs/schema/gzload-1.schema.json")
  private static let validator =
    "import json, sys, jsonschema; jsonschema.validate(json.load(open(sys.argv[2])), json.load(open(sys.argv[1])))"

  @Test func everyFormat() throws {
    let run = try DeskHarness()
    defer { run.remove() }
    // Times are those of whole streams.
    run.streamsEnd(20)
    _ = try run.reply(to: .setFault(.body("cut")))
    EngineHarness.eventually("some fail, and times are known") {
      let snapshot = run.engine.snapshot()
      return snapshot.counters.failed > 10 && snapshot.distributions?.histogram(.ttfh) != nil
    }
    for format in OutputPlan.Format.allCases where format != .quiet {
      let path = run.path("report.\(format.rawValue)")
      let reply = try run.reply(to: .saveReport(format, path: path))
      #expect(!reply.isFailure, "\(reply.text)")
      #expect(reply.text.hasPrefix("report written: \(path.prefix(100))"), "\(reply.text)")
      let text = try run.folder.text("report.\(format.rawValue)")
      #expect(reply.text.contains("(\(format.rawValue), \(HumanText.size(Int64(text.utf8.count)))"))
      #expect(!text.isEmpty)
      guard format.isLive else { continue }
      let rows = text.split(separator: "\n").count - (format == .csv ? 1 : 0)
      #expect(rows > 10 && reply.text.hasSuffix("the last \(HumanText.grouped(rows)) streams)"), "\(reply.text)")
    }
    let check = try ToolRun(
      executable: "/usr/bin/python3", ["-c", Self.validator, Self.schema, run.path("report.json")])
    #expect(check.errors == "", "needs the Debian package python3-jsonschema")
    let json = try run.folder.text("report.json")
    #expect(json.contains("the run was still going on: a report of its first "))
    #expect(json.contains("fault cut was injected by hand from "))
    #expect(json.contains("fault=cut"), "evidence")
    #expect(run.engine.snapshot().phase == .running)
  }

  /// At rest, a report of now says what the report of the end says.
  @Test func itIsTheReportThatTheEndWouldBe() throws {
    let run = try DeskHarness()
    defer { run.remove() }
    run.streamsEnd(100)
    _ = try run.reply(to: .setFault(.body("cut")))
    run.streamsEnd(100)
    run.rest()
    // Times are published once a second.
    EngineHarness.eventually("all times are published") {
      let snapshot = run.engine.snapshot()
      return snapshot.distributions?.count(.ttfh) == UInt64(snapshot.counters.transport[.complete])
    }
    let now = run.desk.result()
    let end = try #require(run.finish())
    #expect(now.counters == end.counters)
    #expect(now.evidence == end.evidence && !now.evidence.isEmpty)
    for metric in Distributions.Metric.allCases {
      #expect(now.distributions.histogram(metric)?.max == end.distributions.histogram(metric)?.max)
      #expect(now.distributions.count(metric) == end.distributions.count(metric))
    }
    #expect(!now.interrupted && now.durationSeconds <= end.durationSeconds && now.durationSeconds > 0)
    #expect(!now.series.samples.isEmpty || now.durationSeconds < 1)
    #expect(now.startedAt == end.startedAt)
  }

  @Test func whatCannotBeWritten() throws {
    let run = try DeskHarness(record: "own")
    defer { run.remove() }
    let cases: [(OutputPlan.Format, String, String)] = [
      (.json, run.folder.path, "is a directory; name a file in it"),
      (.text, "/nonexistent/x", "cannot be written: No such file or directory"), (.text, "", "no file name"),
      (.quiet, run.path("q"), "quiet writes no report"),
      (.csv, run.path("own"), "the run is writing this file already"),
    ]
    for (format, path, reason) in cases {
      let reply = try run.reply(to: .saveReport(format, path: path))
      #expect(reply.isFailure && reply.text.contains(reason), "\(reply.text)")
      #expect(!reply.text.contains("\n"))
    }
    try run.folder.write("old", "something else that is much longer than a report of nothing")
    #expect(try run.reply(to: .saveReport(.ndjson, path: run.path("old"))).isFailure == false)
    #expect(try run.folder.text("old").hasPrefix("something") == false)
  }

  @Test func streamsBeyondTheLastAreForgotten() {
    let memory = StreamMemory()
    var record = SampleEvents.barest
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    for number in 1...StreamMemory.limit + 5 {
      record.stream = number
      record.isWarmUp = false
      memory.take(.end(record), line: nothing)
    }
    record.isWarmUp = true
    memory.take(.end(record), line: nothing)
    #expect(memory.records.map(\.stream) == Array(6...StreamMemory.limit + 5))
  }
}
