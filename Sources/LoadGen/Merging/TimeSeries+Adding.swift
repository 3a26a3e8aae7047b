extension TimeSeries {
  /// What several processes did, side by side on one time axis.
  ///
  /// - Parameter parts: each with its beginning, in seconds after the first one's; at most a day.
  init(adding parts: [(offset: Double, series: TimeSeries)]) {
    let end = parts.map { $0.offset + ($0.series.samples.last.map { $0.atSeconds + $0.seconds } ?? 0) }.max() ?? 0
    var interval = parts.map(\.series.intervalSeconds).max() ?? 1
    while end / interval > Double(Self.maximumSamples) { interval *= 2 }
    var sums: [Int: SeriesSample] = [:]
    for part in parts {
      for (place, sample) in part.series.onGrid(of: interval, offset: part.offset) {
        sums[place] = sums[place].map { $0.beside(sample) } ?? sample
      }
    }
    self.init(intervalSeconds: interval, samples: Self.filled(sums, interval: interval, end: end))
  }

  /// Each sample in the intervals that it lies in: of two that it shares, each has its share.
  private func onGrid(of interval: Double, offset: Double) -> [Int: SeriesSample] {
    var places: [Int: SeriesSample] = [:]
    for sample in samples {
      for (place, piece) in sample.pieces(from: max(0, sample.atSeconds + offset), interval: interval) {
        places[place] = places[place].map { $0.followed(by: piece) } ?? piece
      }
    }
    return places
  }

  /// Without holes: nobody ran where nothing is.
  private static func filled(_ sums: [Int: SeriesSample], interval: Double, end: Double) -> [SeriesSample] {
    guard let last = sums.keys.max() else { return [] }
    return (0...last).map { place in
      var sample = sums[place] ?? SeriesSample()
      sample.atSeconds = Double(place) * interval
      // A rest of less than a tenth belongs to the last one.
      sample.seconds = place < last ? interval : max(0, end - sample.atSeconds)
      return sample
    }
  }

  /// Whether this can be a run's: finite times that follow each other, and counts that can be added up.
  var isPossible: Bool {
    guard intervalSeconds.isFinite, intervalSeconds > 0, samples.count <= 2 * Self.maximumSamples else { return false }
    var end = 0.0
    for sample in samples {
      let counts = [Int64(sample.streams), Int64(sample.failed), Int64(sample.active), sample.bytesWire]
      guard sample.atSeconds >= 0, sample.seconds >= 0, sample.atSeconds + sample.seconds <= 1e9,
        sample.atSeconds >= end - intervalSeconds, counts.allSatisfy({ (0...Int64(1) << 60).contains($0) }),
        sample.clientBusy.isFinite
      else { return false }
      end = sample.atSeconds + sample.seconds
    }
    return end / intervalSeconds <= 4 * Double(Self.maximumSamples)
  }
}

extension SeriesSample {
  /// What of it lies in which interval. The pieces' amounts add up to its own, exactly; levels count in each of them.
  ///
  /// Less than a tenth of an interval is nobody's piece of its own: samples of a busy machine begin and end a few milliseconds
  /// beside the second.
  fileprivate func pieces(from start: Double, interval: Double) -> [(place: Int, sample: SeriesSample)] {
    let end = start + max(0, seconds)
    let slack = interval / 10
    let first = Int(((start + slack) / interval).rounded(.down))
    let last = Int(((end - slack) / interval).rounded(.up)) - 1
    guard first < last else {
      let middle = Int(((start + end) / 2 / interval).rounded(.down))
      return [(first == last ? first : middle, self)]
    }
    var done = amounts(upTo: 0)
    return (first...last).map { place in
      let isLast = place == last
      let until = amounts(upTo: isLast ? 1 : (Double(place + 1) * interval - start) / (end - start))
      defer { done = until }
      return (place, until.since(done))
    }
  }

  /// Of the beginning of it, as if everything had come evenly.
  private func amounts(upTo fraction: Double) -> SeriesSample {
    guard fraction < 1 else { return self }
    var out = self
    out.seconds = seconds * fraction
    out.bytesWire = bytesWire.share(fraction)
    // By result, or a piece could have more failures than streams.
    out.failed = Int(clamping: Int64(failed).share(fraction))
    out.streams = out.failed &+ Int(clamping: Int64(streams &- failed).share(fraction))
    out.ttfb = ttfb.share(fraction)
    out.ttlb = ttlb.share(fraction)
    return out
  }

  private func since(_ earlier: SeriesSample) -> SeriesSample {
    var out = self
    out.seconds -= earlier.seconds
    out.bytesWire &-= earlier.bytesWire
    out.streams &-= earlier.streams
    out.failed &-= earlier.failed
    out.ttfb = ttfb.since(earlier.ttfb)
    out.ttlb = ttlb.since(earlier.ttlb)
    return out
  }

  /// Both at the same time: amounts add up, of levels of one target or one tester the higher one counts.
  fileprivate func beside(_ other: SeriesSample) -> SeriesSample {
    var out = self
    out.bytesWire = bytesWire.saturatingAdd(other.bytesWire)
    out.streams &+= other.streams
    out.failed &+= other.failed
    out.active &+= other.active
    if let rss = other.rssBytes { out.rssBytes = max(rssBytes ?? 0, rss) }
    out.clientBusy = max(clientBusy, other.clientBusy)
    out.ttfb.add(other.ttfb)
    out.ttlb.add(other.ttlb)
    return out
  }
}
