/// A count for each case of a closed enum. Keeps the cases' declared order in reports; zero counts are left out there.
public struct EnumCounts<Key: CaseIterable & Hashable & Sendable>: Sendable, Equatable {
  /// In the order of their first counting: mostly one or two, which are found sooner than by hashing.
  private var counts: [(key: Key, count: Int)] = []

  public init() {}

  public subscript(key: Key) -> Int {
    get { counts.first { $0.key == key }?.count ?? 0 }
    set {
      if let place = counts.firstIndex(where: { $0.key == key }) {
        counts[place].count = newValue
      } else {
        counts.append((key, newValue))
      }
    }
  }

  public mutating func add(_ other: EnumCounts) {
    for (key, count) in other.counts { self[key] &+= count }
  }

  public var total: Int { counts.reduce(0) { $0 &+ $1.count } }

  /// The cases that were counted, in declared order.
  public var counted: [(key: Key, count: Int)] {
    Key.allCases.compactMap { key in
      let count = self[key]
      return count > 0 ? (key, count) : nil
    }
  }

  public static func == (left: EnumCounts, right: EnumCounts) -> Bool {
    Key.allCases.allSatisfy { left[$0] == right[$0] }
  }
}
