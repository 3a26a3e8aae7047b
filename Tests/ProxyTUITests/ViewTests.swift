import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct ViewTests {
  /// Values that a peer may choose, at their worst.
  private static let hostile: [String] = [
    "\u{1b}[2J\u{1b}[31;1mred\u{7}", "\u{9b}31m\u{90}q\u{9c}", "\u{202e}olleh\u{2066}", "日本語👩‍👩‍👧‍👦🏳️‍🌈",
    String(repeating: "\u{1b}]0;title\u{7}", count: 8192), String(repeating: "\u{301}", count: 65536), "\0\r\n\t", "",
  ]

  private func hostileModel(_ text: String, rows: Int, columns: Int, glyphs: GlyphSet) -> DashboardModel {
    var snapshot = Sample.snapshot(lanes: 4, failing: true)
    for index in snapshot.lanes.indices {
      snapshot.lanes[index].requestID = text
      snapshot.lanes[index].instance = text
      snapshot.lanes[index].lastCause = text
      snapshot.lanes[index].bytes = [.min, .max, -1, 0][index]
      snapshot.lanes[index].expectedBytes = [.max, 1, 0, .min][index]
      snapshot.lanes[index].bytesPerSecond = [.infinity, -.infinity, .nan, 1e300][index]
      snapshot.lanes[index].ttfbSeconds = [.nan, .infinity, -1, 1e300][index]
      snapshot.lanes[index].elapsedSeconds = [.nan, .infinity, -1, 1e300][index]
      snapshot.lanes[index].streams = [.max, .min, -1, 0][index]
      snapshot.lanes[index].status = [.max, .min, -1, 0][index]
      snapshot.lanes[index].state = [.streaming, .ended, .headers, .streaming][index]
    }
    snapshot.counters.missedExpectations[text] = 3
    snapshot.counters.bytesWire = .max
    snapshot.counters.streams = .max
    snapshot.memory.source = text
    snapshot.memory.rssBytes = .min
    snapshot.client.busyFraction = .nan
    var label = Sample.label
    label.target = text
    label.load = text
    label.note = text
    let size = ScreenSize(rows: rows, columns: columns)
    var model = DashboardModel(label: label, glyphs: glyphs, size: size)
    _ = update(&model, .tick(Sample.snapshot(lanes: 1), now: 0))
    snapshot.elapsedSeconds = 1e300
    _ = update(&model, .tick(snapshot, now: .infinity))
    return model
  }

  @Test(arguments: GlyphSet.allCases)
  func nothingHostileReachesTheTerminal(_ glyphs: GlyphSet) {
    for text in Self.hostile {
      for (rows, columns) in [(24, 80), (60, 200), (2, 9)] {
        var model = hostileModel(text, rows: rows, columns: columns, glyphs: glyphs)
        #expect(Sample.frame(model).isDrawable)
        model.notice = nil
        #expect(Sample.frame(model).isDrawable)
      }
    }
  }

  @Test func everySizeCanBeDrawn() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 30, failing: true)
    for rows in [1, 2, 3, 11, 12, 13, 21, 22, 24, 29, 30, 49, 50, 60] {
      for columns in [1, 2, 3, 19, 35, 36, 59, 60, 61, 79, 80, 81, 119, 120, 159, 160, 200] {
        for help in [false, true] {
          _ = update(&model, .resized(ScreenSize(rows: rows, columns: columns)))
          model.helpShown = help
          let frame = Sample.frame(model)
          #expect(frame.size == ScreenSize(rows: rows, columns: columns))
          #expect(frame.isDrawable)
        }
      }
    }
  }

  @Test(arguments: [60, 80, 100, 119, 120, 159, 160, 200])
  func columnsFitAndDoNotTouch(_ width: Int) {
    let columns = LaneColumn.fit(width)
    for (left, right) in zip(columns, columns.dropFirst()) { #expect(left.start + left.width < right.start) }
    #expect(columns.last.map { $0.start + $0.width } == width)
    #expect(columns.allSatisfy { $0.width > 0 })
  }

  @Test func memoryPrefersTheStreamsOwn() {
    var lane = LaneSnapshot(lane: 0)
    var memory = TargetMemory()
    #expect(LaneCellView.memory(lane, memory) == "-")
    lane.instance = "i"
    lane.requestID = "r"
    var instance = TargetMemory.Instance()
    instance.rssBytes = 12_900_000
    memory.instances["i"] = instance
    #expect(LaneCellView.memory(lane, memory) == "12.3M*")
    memory.bufferedByRequest["r"] = 2048
    #expect(LaneCellView.memory(lane, memory) == "2.00K")
  }

  @Test(arguments: [
    ("502 length_and_chunked", 18, "length_and_chunked"), ("502 length_and_chunked", 22, "502 length_and_chunked"),
    ("connect_failed of all", 10, "connect_failed of all"),
  ])
  func causesLoseTheirStatusFirst(_ cause: String, _ width: Int, _ shown: String) {
    #expect(LaneCellView.shortened(cause, to: width) == shown)
  }

  @Test func failuresAreListedByWeight() {
    let kinds = FailureLine.kinds(Sample.snapshot(lanes: 0, failing: true).counters)
    #expect(kinds.map(\.name) == ["502 length_and_chunked", "truncated", "reset"])
    #expect(kinds.map(\.count) == [9, 6, 2])
  }

  @Test func theGraphsScaleHoldsWhatItShows() {
    var history = History()
    for step in 0...200 {
      history.append(.init(elapsed: Double(step) / 10, wire: Int64(step) * 300_000, decoded: 0, streams: step))
    }
    #expect(GraphView.scale(history, points: 50) == 4 << 20)
    #expect(GraphView.scale(History(), points: 50) == 1024)
    #expect(abs(history.readout.wire - 3_000_000) < 1)
    #expect(abs(history.readout.streams - 10) < 1e-6)
  }

  /// Ctrl-Z for nine seconds at 10 MB/s: a gap of nine seconds, and what comes at once afterwards is no new scale.
  @Test func aStopLeavesAGapAndNoSpike() {
    var history = History()
    var bytes: Int64 = 0
    for step in 0...100 {
      bytes += 1_000_000
      history.append(.init(elapsed: Double(step) / 10, wire: bytes, decoded: 0, streams: 0))
    }
    // The first sample still has the books of before, the next the kernel's buffers.
    for step in 190...220 {
      bytes += step == 190 ? 500_000 : step == 191 ? 60_000_000 : 1_000_000
      history.append(.init(elapsed: Double(step) / 10, wire: bytes, decoded: 0, streams: 0))
    }
    let points = (0..<60).map { history.wireRate(back: $0) }
    let beforeTheRun = points.reversed().prefix(while: { $0 == 0 }).count
    #expect((22...23).contains(points.filter { $0 == 0 }.count - beforeTheRun))
    #expect(points.allSatisfy { $0 < 10_500_000 })
    #expect(GraphView.scale(history, points: 60) == 16 << 20)
    // 22 s are 55 points, whatever the number of samples.
    #expect(history.wireRate(back: 54) > 0 && history.wireRate(back: 55) == 0)
  }

  /// A terminal that takes nothing for three seconds stops the sampler, not the load.
  @Test func aLateSampleIsSpreadOverItsTime() {
    var history = History()
    for step in Array(0...100) + Array(130...160) {
      history.append(.init(elapsed: Double(step) / 10, wire: Int64(step) * 1_000_000, decoded: 0, streams: 0))
    }
    for back in 0..<40 { #expect(abs(history.wireRate(back: back) - 10_000_000) < 1) }
  }

  @Test func theHistoryIsBoundedAndKeepsTheNewest() {
    var history = History()
    var bytes: Int64 = 0
    for step in 0..<History.pointCapacity * 5 {
      bytes += Int64(step)
      history.append(.init(elapsed: Double(step) * History.secondsPerPoint, wire: bytes, decoded: 0, streams: 0))
    }
    #expect(history.wireRate(back: 0) > history.wireRate(back: 1))
    #expect(history.wireRate(back: History.pointCapacity - 1) > 0)
    #expect(history.wireRate(back: History.pointCapacity) == 0)
    let last = history
    history.append(.init(elapsed: 3, wire: .max, decoded: 0, streams: 0))
    #expect(history.readout == last.readout)
  }
}
