/// The distributions of all threads as one: merged when one of them has renewed its own, and not for every snapshot.
struct MergedDistributions {
  private var versions: [Int] = []
  private(set) var all: Distributions?
  /// Counts up with each merge.
  private(set) var version = 0

  /// Nil unless the plan asks for them.
  mutating func updated(_ reports: [LoopReport]) -> Distributions? {
    let now = reports.map { $0.distributions == nil ? -1 : $0.distributionsVersion }
    guard now != versions else { return all }
    versions = now
    version &+= 1
    all = reports.compactMap(\.distributions).reduce(nil as Distributions?) { sum, next in
      guard var sum else { return next }
      sum.merge(next)
      return sum
    }
    return all
  }
}
