#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One figure of two sides: how far they differ, and whether that is more than the runs scatter by themselves.
struct ComparisonRow: Sendable {
  enum Verdict: String, Sendable {
    /// The interval of the change leaves zero out.
    case better, worse
    /// The interval holds zero.
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
  /// The interval is of the spread between several runs, and not of that inside of one each.
  var isOfRuns = false
  /// Of a side that has too few samples: how many, and the fewest that would say something.
  var samples: (count: Double, least: Double)?
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

  /// A limit that was asked for, and too few samples to say whether it was kept.
  var isUnjudged: Bool { limit != nil && verdict == .tooFew }

  /// What makes a comparison fail: worse by more than the limit, and by more than the spread. A figure that is missing was not
  /// shown to keep its limit, and one without an interval is taken as it is.
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

  /// One run of each.
  init(_ figure: ComparedFigure, limit: RegressionLimit?, base: RunResult, new: RunResult, seed: UInt64) {
    self.init(figure, limit: limit, base: [base], new: [new], seed: seed)
  }

  /// - Parameters:
  ///   - base: runs of the same thing, at least one; `new` too. Where there are several, how they differ among each other says
  ///     what chance does.
  ///   - seed: the same one gives the same interval.
  init(_ figure: ComparedFigure, limit: RegressionLimit?, base: [RunResult], new: [RunResult], seed: UInt64) {
    let (lefts, rights) = (base.compactMap { Estimate(figure, $0) }, new.compactMap { Estimate(figure, $0) })
    self.figure = figure
    self.limit = limit
    self.base = lefts.count == base.count ? StudentT.mean(lefts.map(\.value)) : nil
    self.new = rights.count == new.count ? StudentT.mean(rights.map(\.value)) : nil
    isOfRuns = base.count + new.count > 2
    // An extreme's draws are the few largest samples again and again; at 99 % it is wrong as rarely as others are at 95 %.
    confidence = figure.isExtreme && !isOfRuns ? 0.99 : 0.95
    verdict = .missing
    guard self.base != nil, self.new != nil, let left = lefts.first, let right = rights.first else { return }
    if isOfRuns {
      judge(StudentT.interval(base: lefts.map(\.value), new: rights.map(\.value)))
    } else {
      compare(left, right, seed)
    }
  }

  /// One run each: the interval is of the spread inside of them.
  private mutating func compare(_ left: Estimate, _ right: Estimate, _ seed: UInt64) {
    guard !left.isSingle else { return verdict = .single }
    if let few = [left, right].filter({ !$0.isEnough }).min(by: { $0.samples < $1.samples }) {
      samples = (few.samples, few.leastSamples)
      return verdict = .tooFew
    }
    let drawn = Self.interval(left, right, confidence, RandomSource(seed: seed, name: figure.name))
    // What was seen is always possible. Shares of very different numbers of streams are drawn from far apart, also where
    // both are 0.
    let change = right.value - left.value
    judge(min(drawn.lowerBound, change)...max(drawn.upperBound, change))
  }

  private mutating func judge(_ interval: ClosedRange<Double>) {
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
