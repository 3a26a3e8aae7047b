import LoadGen

@testable import ProxyTUI

extension Sample {
  /// A run of so many streams that have ended, on as many lanes: what the overview and the latency view show of it.
  static func endedRun(
    rows: Int, columns: Int, glyphs: GlyphSet, streams: Int, failing: Bool = false, metric: Distributions.Metric = .ttlb
  ) -> DashboardModel {
    var model = DashboardModel(label: label, glyphs: glyphs, size: ScreenSize(rows: rows, columns: columns))
    model.metric = metric
    for step in 0...400 {
      let seconds = Double(step) / 10
      let ended = streams * max(0, step - 20) / 380
      let before = streams * max(0, step - 21) / 380
      var snapshot = Snapshot()
      snapshot.elapsedSeconds = seconds
      snapshot.concurrency = min(streams, 100)
      snapshot.active = min(streams - ended, snapshot.concurrency)
      snapshot.queued = streams > 100 && step > 300 ? 12 : 0
      // Bytes wave, and memory climbs to where it stays.
      let wave = streams == 0 ? 0 : seconds * 6e7 + 2e7 * Double((step % 80 < 40 ? step % 40 : 40 - step % 40))
      snapshot.counters.bytesWire = Int64(wave)
      snapshot.counters.bytesDecoded = Int64(wave * 4)
      snapshot.memory.source = "gzproxy (child, pid 4711)"
      if step < 150 || step > 190 { snapshot.memory.rssBytes = Int64(9_000_000 + min(step, 120) * 40_000) }
      snapshot.memory.rssPeakBytes = 15_456_789
      snapshot.client.busyNow = 0.34
      let records = (before..<ended).map { endedRecord($0 + 1, failing: failing && $0 % 5 == 2, at: seconds) }
      count(ended, failing: failing, in: &snapshot.counters)
      var view = RunView(snapshot: snapshot)
      view.targets = targets
      view.validation = .compare
      view.events = records.map { .end($0) }
      if step % 10 == 0 { view.latency = latency(streams: ended) }
      _ = update(&model, .tick(view, now: seconds))
    }
    return model
  }

  private static func count(_ ended: Int, failing: Bool, in counters: inout Counters) {
    counters.streams = ended
    counters.failed = failing ? (ended + 2) / 5 : 0
    counters.ok = ended - counters.failed
    let refused = counters.failed / 3
    counters.status[200] = ended - refused
    counters.status[502] = refused
    counters.protocols["http/1.1"] = ended
    counters.verdicts[.truncated] = counters.failed - refused
    guard refused > 0 else { return }
    var causes = EnumCounts<FailureCause>()
    causes[.lengthAndChunked] = refused
    counters.causes[502] = causes
  }

  /// Most are quick, some are ten times as slow, one in a hundred a hundred times.
  static func endedRecord(_ stream: Int, failing: Bool = false, at seconds: Double) -> StreamRecord {
    var record = record(stream, lane: stream % 100, failing: failing, at: seconds)
    let slow: Int64 = stream % 100 == 7 ? 100 : stream % 10 == 3 ? 10 : 1
    let spread = Int64(stream * 7919 % 97)
    record.ttfh = (900 + spread * 20) * slow
    record.ttfb = (1_000 + spread * 30) * slow
    record.ttlb = failing ? nil : (30_000 + spread * 900) * slow
    record.gapMax = (200 + spread * 50) * slow
    return record
  }

  /// What the streams up to this one took.
  static func latency(streams: Int) -> RunLatency? {
    guard streams > 0 else { return nil }
    var distributions = Distributions()
    for stream in 1...streams {
      let record = endedRecord(stream, at: 0)
      for (metric, time) in [
        (Distributions.Metric.ttfh, record.ttfh), (.ttfb, record.ttfb), (.ttlb, record.ttlb), (.gapMax, record.gapMax),
      ] { if let time { distributions.record(metric, time) } }
      distributions.record(.throughput, 8_388_608_000_000 / max(1, record.ttlb ?? 1))
      if stream % 50 == 1 { distributions.record(.connect, 300 + Int64(stream)) }
    }
    return RunLatency(distributions)
  }
}
