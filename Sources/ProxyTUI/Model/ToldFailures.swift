/// Failures of one kind as events told of them: how many, when the first and the last, and how many by each half second.
///
/// Bounded: the latest `limit` half seconds that had any.
struct ToldFailures: Sendable {
  private static let limit = 24

  private(set) var count = 0
  /// Seconds of the run.
  private(set) var first: Double
  private(set) var last: Double
  /// How many there were at the end of a half second.
  private var steps: [(at: Double, count: Int)] = []
  /// How many there were before the first step.
  private var earlier = 0

  init(first: Double) { (self.first, last) = (first, first) }

  mutating func add(at seconds: Double) {
    count &+= 1
    (first, last) = (min(first, seconds), max(last, seconds))
    let end = (seconds * 2).rounded(.up) / 2
    if let latest = steps.indices.last, steps[latest].at >= end {
      steps[latest].count = count
    } else {
      steps.append((end, count))
      if steps.count > Self.limit { earlier = steps.removeFirst().count }
    }
  }

  func count(before seconds: Double) -> Int { steps.last { $0.at <= seconds }?.count ?? earlier }
}
