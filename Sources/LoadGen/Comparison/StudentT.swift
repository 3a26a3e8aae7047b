/// Intervals of few numbers (Student 1908).
enum StudentT {
  /// How many standard errors lie on each side of the middle 95 %.
  static func quantile(degrees: Int) -> Double {
    guard degrees > 0 else { return .infinity }
    return degrees <= table.count ? table[degrees - 1] : 1.96 + 2.5 / Double(degrees)
  }

  private static let table = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
  ]

  /// The 95 % interval of the difference of two sides' means, each side's runs scattering alike.
  ///
  /// - Precondition: neither is empty, and together they have at least three.
  static func interval(base: [Double], new: [Double]) -> ClosedRange<Double> {
    let (left, right) = (mean(base), mean(new))
    let squares = base.reduce(0) { $0 + ($1 - left) * ($1 - left) } + new.reduce(0) { $0 + ($1 - right) * ($1 - right) }
    let degrees = base.count + new.count - 2
    let error = (squares / Double(max(1, degrees)) * (1 / Double(base.count) + 1 / Double(new.count))).squareRoot()
    let reach = quantile(degrees: degrees) * error
    let change = right - left
    // No spread at all and no degree of freedom: nothing times infinity.
    return reach.isNaN ? change...change : (change - reach)...(change + reach)
  }

  static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}
