/// A count for each case of a closed enum. Keeps the cases' declared order in reports; zero counts are left out there.
public struct EnumCounts<Key: CaseIterable & Hashable & Sendable>: Sendable, Equatable {
  private var counts: [Key: Int] = [:]

  public init() {}

  public subscript(key: Key) -> Int {
    get { counts[key, default: 0] }
    set { counts[key] = newValue }
  }

  public mutating func add(_ other: EnumCounts) { counts.merge(other.counts, uniquingKeysWith: &+) }

  public var total: Int { counts.values.reduce(0, &+) }

  /// The cases that were counted, in declared order.
  public var counted: [(key: Key, count: Int)] {
    Key.allCases.compactMap { key in
      guard let count = counts[key], count > 0 else { return nil }
      return (key, count)
    }
  }
}
