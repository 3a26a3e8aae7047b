internal import ToolSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A comparison as JSON, `gzload-compare/1`; `Docs/schema/gzload-compare-1.schema.json` describes it.
struct ComparisonReport: Encodable {
  let schema = "gzload-compare/1"
  let base: Side
  let new: Side
  /// Nil when there is one run of it.
  let moreBase: [Side]?
  let moreNew: [Side]?
  /// What the intervals are of.
  let spread: String
  let seed: UInt64
  let resamples = ComparisonRow.resamples
  let warnings: [String]
  let figures: [Figure]
  let passed: Bool

  enum CodingKeys: String, CodingKey {
    case schema, base, new, spread, seed, resamples, warnings, figures, passed
    case moreBase = "more_base"
    case moreNew = "more_new"
  }

  struct Side: Encodable {
    let file: String
    let startedAt: String
    let streams: Int
    let target: String

    enum CodingKeys: String, CodingKey {
      case file, streams, target
      case startedAt = "started_at"
    }
  }

  struct Figure: Encodable {
    let name: String
    let unit: String
    let base: Double?
    let new: Double?
    let change: Double?
    let changeFraction: Double?
    let low: Double?
    let high: Double?
    let confidence: Double?
    let verdict: String
    /// Where they are too few: of the side that has fewer.
    let samples: Int?
    let samplesNeeded: Int?
    let limit: String?
    let regression: Bool

    enum CodingKeys: String, CodingKey {
      case name, unit, base, new, change, low, high, confidence, verdict, samples, limit, regression
      case samplesNeeded = "samples_needed"
      case changeFraction = "change_fraction"
    }
  }

  init(_ comparison: RunComparison) {
    base = Side(comparison.base)
    new = Side(comparison.new)
    moreBase = comparison.moreBase.isEmpty ? nil : comparison.moreBase.map(Side.init)
    moreNew = comparison.moreNew.isEmpty ? nil : comparison.moreNew.map(Side.init)
    spread = comparison.caution == nil ? "between_runs" : "inside_runs"
    seed = comparison.seed
    warnings = comparison.warnings
    figures = comparison.rows.map(Figure.init)
    passed = comparison.exit == .passed
  }
}

extension ComparisonReport.Side {
  fileprivate init(_ item: NamedReport) {
    self.init(
      file: item.path, startedAt: item.report.startedAt, streams: item.report.totals.streams,
      target: item.report.target)
  }
}

extension ComparisonReport.Figure {
  fileprivate init(_ row: ComparisonRow) {
    self.init(
      name: row.figure.name, unit: row.figure.unit.rawValue, base: row.base, new: row.new, change: row.change,
      changeFraction: row.change.flatMap(row.relative), low: row.interval?.lowerBound, high: row.interval?.upperBound,
      confidence: row.interval == nil ? nil : row.confidence,
      verdict: row.verdict == .tooFew ? "too_few_samples" : row.verdict.rawValue,
      samples: row.samples.map { Int($0.count) }, samplesNeeded: row.samples.map { Int($0.least) },
      limit: row.limit?.text, regression: row.isRegression)
  }
}

extension RunComparison {
  /// - Throws: `couldNotRun` if it cannot be encoded, which nothing that was read can cause.
  func json() throws(ToolFailure) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(ComparisonReport(self)), as: UTF8.self) + "\n"
    } catch {
      throw ToolFailure(.couldNotRun, "the comparison cannot be written as JSON: \(error)")
    }
  }
}
