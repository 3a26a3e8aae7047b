internal import LoadGen

/// Which half octaves stand in which lines, the longest times at the top: all that have any, and what fits around them. Where
/// they are too many, several share a line; where they are few, each has two or three.
struct BucketRows: Equatable {
  /// The lowest bucket of the lowest row.
  let lowest: Int
  let bucketsPerRow: Int
  let linesPerRow: Int
  let count: Int

  /// - Parameter span: the buckets that have any.
  init(span: ClosedRange<Int>, lines: Int) {
    let all = LatencyBuckets.bounds.count + 1
    let low = min(max(0, span.lowerBound), all - 1)
    let high = min(max(low, span.upperBound), all - 1)
    let lines = max(1, lines)
    let needed = high - low + 1
    guard needed <= lines else {
      var group = (needed + lines - 1) / lines
      // Groups begin at multiples of their size, so that they stay what they are when the span grows.
      while low / group * group + group * lines <= high { group += 1 }
      lowest = low / group * group
      bucketsPerRow = group
      linesPerRow = 1
      count = (high - lowest) / group + 1
      return
    }
    bucketsPerRow = 1
    linesPerRow = min(3, max(1, lines / (needed + 1)))
    count = min(all, lines / linesPerRow)
    lowest = max(0, min(low - (count - needed) / 2, all - count))
  }

  var lines: Int { count * linesPerRow }

  /// Of the row so many from the top.
  func buckets(row: Int) -> Range<Int> {
    let first = lowest + (count - 1 - row) * bucketsPerRow
    return first..<first + bucketsPerRow
  }

  /// The upper end of a row's times, itself included, as `≤ 1.6ms`; at most ten characters.
  func label(row: Int, _ metric: Distributions.Metric, _ glyphs: GlyphSet) -> String {
    let buckets = buckets(row: row)
    guard buckets.upperBound <= LatencyBuckets.bounds.count else {
      return "> " + metric.text(LatencyBuckets.bounds[LatencyBuckets.bounds.count - 1])
    }
    return (glyphs.unicode ? "≤ " : "<= ") + metric.text(LatencyBuckets.bounds[buckets.upperBound - 1])
  }

  /// The row that a value falls into; nil for one outside of all.
  func row(of value: Int64) -> Int? {
    let bucket = LatencyBuckets.bucket(of: max(0, value)) - lowest
    guard bucket >= 0, bucket / bucketsPerRow < count else { return nil }
    return count - 1 - bucket / bucketsPerRow
  }
}
