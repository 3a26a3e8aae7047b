extension Threshold {
  /// What a failing condition of a running load may still become.
  enum Prospect: Equatable, Sendable {
    /// It fails now, and nothing that follows can change that.
    case isLost
    /// It fails now, and may yet recover.
    case isFailing
    /// Only the end of the run can tell.
    case isOpen
    case holds
  }

  func prospect(_ measured: Measured) -> Prospect {
    guard let value = outcome(measured).value else { return .isOpen }
    if comparison.holds(value, bound) { return .holds }
    // It is at the very bound: the next stream may change that.
    if comparison == .notEqual { return .isOpen }
    // What only ever grows has passed its bound for good, and one that has yet to be reached is the end's to judge; what
    // only ever shrinks, the other way round.
    switch direction(value) {
    case .grows: return isExceeded(value) ? .isLost : .isOpen
    case .shrinks: return isExceeded(value) ? .isOpen : .isLost
    case .moves: return .isFailing
    }
  }

  private enum Direction { case grows, shrinks, moves }

  private func direction(_ value: Double) -> Direction {
    switch (metric, aggregation) {
    case (.targetRSSPeak, _), (_, .count), (.distribution, .max): .grows
    case (.distribution, .min): .shrinks
    // A share that was not 0 once never is again.
    case (.streams, .rate): .moves
    case (_, .rate) where bound == 0 && (comparison == .equal || comparison == .lessOrEqual): .grows
    default: .moves
    }
  }

  /// Whether the value fails by being too large.
  private func isExceeded(_ value: Double) -> Bool {
    switch comparison {
    case .less, .lessOrEqual: true
    case .greater, .greaterOrEqual: false
    case .equal: value > bound
    case .notEqual: false
    }
  }
}
