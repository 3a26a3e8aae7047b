#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One figure of two runs: how far they differ, and whether that is more than chance.
struct ComparisonRow: Sendable {
  enum Verdict: String, Sendable {
    /// The interval of the change leaves zero out.
    case better, worse
    /// The interval holds zero: two runs of the same thing would differ as much.
    case noise
    /// Too few samples for an interval that says anything.
    case tooFew = "too few"
    /// One number each: no interval can be made of it.
    case single
    /// One of the reports, or both, has no such figure.
    case missing
  }

  var figure: ComparedFigure
  /// Nil when the report has no such figure.
  var base: Double?
  var new: Double?
  /// Of new - base, in the figure's unit.
  var interval: ClosedRange<Double>?
  /// How sure the interval is, such as 0.95.
  var confidence: Double
  var verdict: Verdict
  var limit: RegressionLimit?

  var change: Double? {
    guard let base, let new else { return nil }
    return new - base
  }

  /// A difference in relation to the base; nil where that is zero.
  func relative(_ difference: Double) -> Double? {
    guard let base, base > 0 else { return nil }
    let share = difference / base
    return share.isFinite ? share : nil
  }

  /// How much worse than the base, in the figure's unit; negative is better.
  var worsening: Double? { change.map { figure.moreIsBetter ? -$0 : $0 } }

  /// Worse by more than the limit, whether or not that is chance.
  var isBeyondLimit: Bool {
    guard let limit, let worsening, let base else { return false }
    return worsening > limit.allowed(base: base)
  }

  /// What makes a comparison fail: worse by more than the limit, and not by chance. A figure that is missing was not shown to
  /// keep its limit, and one without an interval is taken as it is.
  var isRegression: Bool {
    guard limit != nil else { return false }
    return switch verdict {
    case .missing: true
    case .worse, .single: isBeyondLimit
    case .better, .noise, .tooFew: false
    }
  }
}

extension ComparisonRow {
  static let resamples = 2000

  /// - Parameter seed: the same one gives the same interval.
  init(_ figure: ComparedFigure, limit: RegressionLimit?, base: RunResult, new: RunResult, seed: UInt64) {
    let (left, right) = (Estimate(figure, base), Estimate(figure, new))
    self.figure = figure
    self.limit = limit
    (self.base, self.new) = (left?.value, right?.value)
    // An extreme's draws are the few largest samples again and again; at 99 % it is wrong as rarely as others are at 95 %.
    confidence = figure.isExtreme ? 0.99 : 0.95
    guard let left, let right else {
      verdict = .missing
      return
    }
    guard !left.isSingle else {
      verdict = .single
      return
    }
    guard left.isEnough && right.isEnough else {
      verdict = .tooFew
      return
    }
    let interval = Self.interval(left, right, confidence, RandomSource(seed: seed, name: figure.name))
    self.interval = interval
    if interval.contains(0) {
      verdict = .noise
    } else {
      verdict = (interval.lowerBound > 0) == figure.moreIsBetter ? .better : .worse
    }
  }

  /// The middle of the differences that the two runs could as well have shown (percentile bootstrap, Efron 1979).
  private static func interval(
    _ base: Estimate, _ new: Estimate, _ confidence: Double, _ source: RandomSource
  ) -> ClosedRange<Double> {
    var random = source
    var differences: [Double] = []
    differences.reserveCapacity(resamples)
    for _ in 0..<resamples {
      let difference = new.draw(&random) - base.draw(&random)
      differences.append(difference.isFinite ? difference : 0)
    }
    differences.sort()
    let beyond = Int((Double(resamples) * (1 - confidence) / 2).rounded(.down))
    return differences[beyond]...differences[resamples - 1 - beyond]
  }
}
