internal import ToolSupport

/// The cells of a comparison and what is said of its limits, the same in the text and in Markdown.
enum ComparisonWords {
  static func value(_ value: Double?, _ unit: ComparedFigure.Unit) -> String {
    guard let value else { return "-" }
    return switch unit {
    case .seconds: HumanText.duration(value)
    case .bytes: HumanText.size(Int64(clamping: value))
    case .bytesPerSecond: HumanText.rate(value)
    case .perSecond: HumanText.fixed(value, 1) + "/s"
    case .share: share(value) + "%"
    }
  }

  /// `+12.3%` of the base; points for shares; in the unit where the base is zero.
  static func change(_ row: ComparisonRow) -> String { row.change.map { signed($0, row) } ?? "-" }

  /// `-1.2% … +3.4%`
  static func interval(_ row: ComparisonRow) -> String {
    guard let interval = row.interval else { return "" }
    return "\(signed(interval.lowerBound, row)) … \(signed(interval.upperBound, row))"
  }

  static func signed(_ difference: Double, _ row: ComparisonRow) -> String {
    let sign = difference < 0 ? "-" : "+"
    if row.figure.unit == .share { return sign + share(difference.magnitude) + "pp" }
    guard let relative = row.relative(difference.magnitude) else {
      return sign + value(difference.magnitude, row.figure.unit)
    }
    return sign + percent(relative)
  }

  /// One line for a figure with a limit.
  static func judgement(_ row: ComparisonRow) -> String {
    let name = row.limit?.text ?? row.figure.name
    guard let worsening = row.worsening else { return "\(name): not measured in \(row.missingIn)" }
    let difference = signed(worsening.magnitude, row).dropFirst()
    let change = worsening == 0 ? "no change" : "\(difference) \(worsening > 0 ? "worse" : "better")"
    switch row.verdict {
    case .tooFew:
      let few = row.samples.map {
        "needs \(HumanText.grouped(Int($0.least))) samples, has \(HumanText.grouped(Int($0.count)))"
      }
      return "\(name): cannot tell: \(few ?? "too few samples") (\(change)); measure longer"
    case .noise:
      guard row.isBeyondLimit else { return "\(name): \(change), within the noise" }
      return "\(name): \(change), but that may be noise: \(interval(row)) includes zero; measure longer"
    case .worse where row.isBeyondLimit: return "\(name): \(change), more than \(spread(row)): \(interval(row))"
    case .single where row.isBeyondLimit: return "\(name): \(change); one number each, so there is no interval"
    case .better, .worse, .single, .missing: return "\(name): \(change)"
    }
  }

  /// What the interval is of.
  private static func spread(_ row: ComparisonRow) -> String {
    row.isOfRuns ? "the spread between the runs" : "the spread inside the runs"
  }

  private static func percent(_ share: Double) -> String {
    share >= 99.995 ? "\(HumanText.fixed(share + 1, 0))x" : HumanText.fixed(share * 100, 1) + "%"
  }

  /// Digits enough for one failure in a million.
  private static func share(_ value: Double) -> String {
    let percent = value.magnitude * 100
    return HumanText.fixed(percent, percent == 0 ? 0 : percent < 0.01 ? 4 : percent < 1 ? 3 : 2)
  }
}

extension ComparisonRow {
  fileprivate var missingIn: String {
    base == nil ? (new == nil ? "either report" : "the base") : "the new report"
  }

  /// The column that says it in words.
  var verdictText: String {
    switch verdict {
    case .single: "-"
    case .missing: "missing"
    default: verdict.rawValue
    }
  }
}

extension Int64 {
  fileprivate init(clamping value: Double) { self = Int64(exactly: value.rounded()) ?? (value < 0 ? .min : .max) }
}
