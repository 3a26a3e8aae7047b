/// A closed set of values that one label of a metric may have. What a client or an upstream sends is never a label.
protocol MetricLabel: CaseIterable, Equatable, Sendable {
  /// The place among `allCases`.
  var index: Int { get }
  var label: String { get }
}

extension MetricLabel where Self: RawRepresentable, RawValue == Int {
  var index: Int { rawValue }
}

/// One counter for each value of a label, in an array: counting looks nothing up and allocates nothing.
struct CountsBy<Label: MetricLabel>: Sendable, Equatable {
  private var counts = [Int64](repeating: 0, count: Label.allCases.count)

  subscript(label: Label) -> Int64 { counts.indices.contains(label.index) ? counts[label.index] : 0 }

  mutating func add(_ label: Label, _ count: Int64 = 1) {
    guard counts.indices.contains(label.index) else { return }
    counts[label.index] &+= count
  }

  var total: Int64 { counts.reduce(0, &+) }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for label in Label.allCases { sum.add(label, right[label]) }
    return sum
  }
}

extension ProxyCause: MetricLabel {
  /// Looked up only when something has failed.
  var index: Int { Self.everyCause.firstIndex(of: self) ?? 0 }
  var label: String { rawValue }

  private static let everyCause = Array(allCases)
}
