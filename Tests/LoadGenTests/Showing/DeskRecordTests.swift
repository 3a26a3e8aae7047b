import Foundation
import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// The record, switched on and off while the run goes on.
@Suite struct DeskRecordTests {
  @Test func fromTheMiddleToTheMiddle() throws {
    let run = try DeskHarness()
    defer { run.remove() }
    run.streamsEnd()
    let path = run.path("middle")
    #expect(try run.reply(to: .setRecord(path: path)).text == "record begins: \(OptionText.shown(path))")
    #expect(run.view().record == path)
    run.streamsEnd()
    _ = try run.reply(to: .setFault(.body("cut")))
    run.streamsEnd()
    run.rest()
    let reply = try run.reply(to: .setRecord(path: nil))
    #expect(!reply.isFailure && reply.text.hasPrefix("record ended: "), "\(reply.text)")
    #expect(run.view().record == nil)
    let counters = run.engine.snapshot().counters

    let reader = try RecordReader(path: path)
    var events: [RecordEvent] = []
    while let event = reader.next() { events.append(event) }
    #expect(reader.damagedLines == 0 && reader.header.targets == [run.lab.url("/gzip/1KiB?seed=1")])
    guard case .gap(let gap)? = events.first, case .sample(let start)? = events.dropFirst().first,
      case .lanes? = events.dropFirst(2).first, case .notice(_, let text)? = events.last,
      case .sample(let end)? = events.dropLast(2).last
    else {
      Issue.record("it begins with \(events.prefix(3)) and ends with \(events.suffix(2))")
      return
    }
    #expect((gap.ends ?? 0) >= 20 && start.counters.streams == gap.ends)
    #expect(text == "the record ends here: it was switched off while the run went on")
    let streams = events.compactMap { if case .end(let record) = $0 { record } else { nil } }
    #expect(reply.text.contains("(\(streams.count) streams, "))
    #expect(streams.count >= counters.streams - start.counters.streams)
    // The header does not name what was added.
    #expect(streams.contains { $0.target == 1 && $0.url == run.lab.url("/gzip/1KiB?seed=1&fault=cut") })
    #expect(end.counters.streams == counters.streams)

    let timeline = try ReplayTimeline(path: path)
    // Nothing is known of the time before, so there is nothing to wait through.
    #expect(timeline.beginning == gap.at && gap.at > 0 && timeline.position == gap.at)
    timeline.seek(to: 0)
    #expect(timeline.position == gap.at && timeline.snapshot().counters.streams == gap.ends)
    timeline.seek(to: .max)
    timeline.seek(to: 0)
    #expect(timeline.position == gap.at && timeline.snapshot().counters.streams == gap.ends)
    let again = timeline.step()
    #expect(again != nil && !timeline.state.isExact)
    while timeline.step() != nil {}
    #expect(!timeline.state.isExact)
    let shown = timeline.snapshot().counters
    #expect(shown.streams == counters.streams && shown.ok == counters.ok && shown.failed == counters.failed)
    #expect(shown.bytesWire == counters.bytesWire && shown.status == counters.status)
    #expect(shown.transport == counters.transport)
    #expect(timeline.snapshot().lanes.reduce(0) { $0 + $1.streams } == counters.streams)
  }

  @Test func theRunsEndEndsIt() throws {
    let run = try DeskHarness(record: "own")
    defer { run.remove() }
    run.streamsEnd()
    #expect(run.view().record == run.path("own"))
    let path = run.path("second")
    #expect(try run.reply(to: .setRecord(path: path)).isFailure == false)
    run.streamsEnd()
    let result = try #require(run.finish())
    for name in ["own", "second"] {
      let timeline = try ReplayTimeline(path: run.path(name))
      while timeline.step() != nil {}
      #expect(timeline.state.isExact && timeline.state.final?.sample.counters.streams == result.counters.streams)
      #expect(timeline.snapshot().counters.bytesWire == result.counters.bytesWire)
      #expect(timeline.damagedLines == 0)
    }
    #expect(run.view().record == run.path("own"))
    #expect(try run.reply(to: .setRecord(path: run.path("late"))).isFailure)
  }

  /// Played, a record counts from zero where the run did; so do the rows of a report.
  @Test func statisticsThatWereReset() throws {
    let run = try DeskHarness(record: "own")
    defer { run.remove() }
    run.streamsEnd()
    run.rest()
    let before = run.engine.snapshot().counters.streams
    #expect(run.engine.resetStatistics())
    run.engine.setPaused(false)
    run.streamsEnd(7)
    run.rest()
    let rows = run.path("rows")
    #expect(try run.reply(to: .saveReport(.ndjson, path: rows)).isFailure == false)
    let result = try #require(run.finish())
    #expect(result.counters.streams >= 7)
    #expect(try String(contentsOfFile: rows, encoding: .utf8).split(separator: "\n").count == result.counters.streams)

    let timeline = try ReplayTimeline(path: run.path("own"))
    var presenter = RecordPresenter()
    var counted: [Int] = []
    var last = 0
    while let event = timeline.step(), timeline.state.final == nil {
      presenter.take(event)
      if case .reset = event {
        counted.append(last)
        #expect(timeline.state.isExact && timeline.snapshot().counters.streams == 0)
        #expect(timeline.snapshot().lanes.allSatisfy { $0.streams == 0 })
      }
      last = timeline.snapshot().counters.streams
    }
    #expect(counted + [last] == [before, result.counters.streams])
    #expect(timeline.state.latency.shapes()[.ttfb]?.count == Int64(result.counters.streams))
    #expect(timeline.snapshot().counters.ok == result.counters.ok)
    let ends = presenter.view(timeline.state, header: timeline.header, focus: nil, at: 0, now: 0).events
    #expect(ends.contains { if case .reset = $0 { true } else { false } })
  }

  /// In an open model: pauses are no delays, and times count from the plan only where the run counts so.
  @Test(arguments: [true, false]) func timesAreThoseOfTheReport(corrects: Bool) throws {
    let run = try DeskHarness(record: "own") {
      $0.arrivals = .rate(start: 400, stages: [])
      $0.correctsLatency = corrects
      // Too few for the rate, so that some begin late.
      $0.concurrency = 2
    }
    defer { run.remove() }
    run.streamsEnd(50)
    run.rest()
    run.engine.setPaused(false)
    run.streamsEnd(50)
    let result = try #require(run.finish())
    let timeline = try ReplayTimeline(path: run.path("own"))
    #expect(timeline.header.correctsLatency == corrects)
    while timeline.state.final == nil, timeline.step() != nil {}
    let shapes = timeline.state.latency.shapes()
    for metric in [Distributions.Metric.ttfh, .ttfb, .ttlb] {
      let histogram = try #require(result.distributions.histogram(metric))
      let shape = try #require(shapes[metric])
      #expect(shape.count == Int64(histogram.totalCount) && shape.max == Int64(histogram.maxRecorded))
      #expect(shape.percentiles == RunLatency.ranks.map { Int64(histogram.valueAtPercentile($0)) })
    }
    #expect(timeline.snapshot().counters.late == result.counters.late)
    if !corrects { #expect(try #require(shapes[.ttlb]).max < 700_000) }
  }

  @Test func whatCannotBeRecorded() throws {
    let run = try DeskHarness(record: "own")
    defer { run.remove() }
    run.streamsEnd()
    let off = try run.reply(to: .setRecord(path: nil))
    #expect(off.isFailure && off.text.contains("goes on to its end (--record)"))
    try run.folder.write("there", "")
    for (path, reason) in [
      (run.path("own"), "the run is writing this file already"), (run.folder.path, "is a directory"),
      ("/nonexistent/x", "No such file or directory"), ("", "no file name"), ("/dev/null", "is no file"),
    ] {
      let reply = try run.reply(to: .setRecord(path: path))
      #expect(reply.isFailure && reply.text.contains(reason), "\(reply.text)")
    }
    #expect(try run.reply(to: .setRecord(path: run.path("there"))).isFailure == false)
    let twice = try run.reply(to: .setRecord(path: run.path("other")))
    #expect(twice.isFailure && twice.text.contains("a record is being written already"))
    let report = try run.reply(to: .saveReport(.json, path: run.path("there")))
    #expect(report.isFailure && report.text.contains("the run is writing this file already"))
  }
}
