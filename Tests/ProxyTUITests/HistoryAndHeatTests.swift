import LoadGen
import Testing

@testable import ProxyTUI

/// What graphs and heat maps are made of, given what nobody should send.
@Suite struct HistoryAndHeatTests {
  /// A record tells once a second how much was inflated, wherever it is stopped and however slowly it is played.
  @Test(arguments: [0.0125, 0.1, 0.2, 0.8], [0.0, 0.3, 0.6]) func inflatedBytesHaveTheirRate(
    _ step: Double, _ rest: Double
  ) {
    var history = History()
    var last = History.Sample(elapsed: 0, wire: 0, decoded: 0, streams: 0)
    for number in 0..<Int((6 + rest) / step) {
      let time = Double(number + 1) * step
      let sample = History.Sample(
        elapsed: time, wire: Int64(time * 1e6), decoded: Int64(time.rounded(.down) * 4e6), streams: Int(time * 10))
      history.append(sample)
      last = sample
      guard time > 3 else { continue }
      #expect(abs(history.readout.wire - 1e6) < 2e4)
      #expect(abs(history.readout.decoded - 4e6) < 1.7e6, "at \(time)")
    }
    // It has ended.
    last.elapsed = 9
    history.append(last)
    #expect(history.readout.decoded == 0 && history.readout.wire == 0)
  }

  /// After a jump, a stall, and at a record's beginning inflated bytes are told once, for a second, however short one has looked;
  /// where a load has come to rest, neither rate is left.
  @Test(arguments: [
    [9.9, 10], [9.99, 10], [9, 9.2, 9.4, 9.6, 9.8, 10], [6, 9.7, 10], [10.3, 10.4, 10.5], [9.2, 10, 10.4, 10.8],
    [9, 10, 11, 12, 12.3], [10, 12, 12.3],
  ])
  func inflatedBytesBelongToThoseOfTheWire(_ times: [Double]) {
    var history = History()
    for time in times {
      // A load that ends at 11.
      let (wire, decoded) = (Int64(min(time, 11) * 1e6), Int64(min(time, 11).rounded(.down) * 4e6))
      history.append(History.Sample(elapsed: time, wire: wire, decoded: decoded, streams: 0))
    }
    let rates = history.readout
    #expect((3.6...4.4).contains(rates.decoded / rates.wire) || rates.wire == 0 && rates.decoded == 0, "\(rates)")
    #expect(rates.wire > 0.9e6 || (times.last ?? 0) > 12)
  }

  /// The sample that a record tells is a tenth of a second old, and the next view may come right after it.
  @Test func aRateIsOfASecondWhereOneIsKnown() {
    var history = History()
    for (time, streams) in [(1.0, 0), (2, 40), (3, 63), (3.1, 84)] {
      history.append(History.Sample(elapsed: time, wire: 0, decoded: 0, streams: streams))
    }
    #expect(abs(history.readout.streams - 40) < 1)
  }

  /// What a run had done before anybody joined is no rate of then, and no graph.
  @Test func thePastOfAJoinedRunIsNotDrawn() {
    var history = History()
    history.append(History.Sample(elapsed: 0, wire: 0, decoded: 0, streams: 0))
    history.append(History.Sample(elapsed: 300, wire: 3_000_000_000, decoded: 0, streams: 9, failed: 9))
    #expect(history.readout == History.Rates() && history.point(back: 0) == nil)
    for tick in 1...8 {
      let time = 300 + Double(tick) / 10
      history.append(History.Sample(elapsed: time, wire: 3_000_000_000 + Int64(tick) * 100_000, decoded: 0, streams: 9))
    }
    #expect(abs(history.readout.wire - 1e6) < 1e4 && history.readout.failures == 0)
    #expect(history.point(back: 1) != nil && history.point(back: 2) == nil)
    #expect((0...1).allSatisfy { abs(history.wireRate(back: $0) - 1e6) < 1e4 })
  }

  @Test(arguments: [Tab.overview, .latency, .streams, .failures, .environments, .log])
  func everySizeAndAnyValue(_ tab: Tab) {
    var snapshot = Sample.snapshot(lanes: 30, failing: true)
    for number in [Int.min, -1, 0, .max] {
      snapshot.counters.failed = number
      snapshot.counters.streams = number
      snapshot.counters.status = [200: number, 502: number, -5: number, .max: number]
      snapshot.counters.bytesWire = Int64(number)
      snapshot.memory.rssBytes = Int64(number)
      snapshot.memory.rssPeakBytes = Int64(number)
      snapshot.active = number
      snapshot.queued = number
      for seconds in [Double.nan, -1, 3, .infinity, 1e300] {
        snapshot.elapsedSeconds = seconds
        var model = Sample.model(rows: 24, columns: 80, lanes: 3, failing: true)
        model.tab = tab
        _ = update(&model, Sample.tick(snapshot, now: 14))
        _ = update(&model, Sample.tick(snapshot, now: 15))
        for (rows, columns) in [(14, 60), (24, 80), (41, 161), (100, 300)] {
          _ = update(&model, .resized(ScreenSize(rows: rows, columns: columns)))
          #expect(Sample.frame(model).isDrawable)
        }
      }
    }
  }

  @Test func theHeatMapTakesAnyRecord() {
    var model = Sample.model(rows: 40, columns: 120, lanes: 8)
    model.tab = .latency
    for number in [Int64.min, -1, 0, 1, 86_400_000_000, .max] {
      var record = Sample.record(1)
      (record.startedAt, record.endedAt) = (number, number)
      (record.ttfh, record.ttfb, record.ttlb, record.gapMax) = (number, number, number, number)
      model.heat.add(record)
      #expect(Sample.frame(model).isDrawable)
    }
  }

  /// A record that is sought, a run that is paused: the graphs begin anew, or show nothing there.
  @Test func aJumpBackBeginsTheGraphsAnew() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    #expect(model.history.wireRate(back: 0) > 0)
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, seconds: 3))
    view.isRestart = true
    _ = update(&model, .tick(view, now: 20))
    #expect(model.history.wireRate(back: 0) == 0)
  }
}
