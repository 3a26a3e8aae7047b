internal import ToolSupport

/// Two runs side by side, or several of each side.
struct RunComparison: Sendable {
  let base: NamedReport
  let new: NamedReport
  /// More runs of the same.
  let moreBase: [NamedReport]
  let moreNew: [NamedReport]
  /// Whether a limit that too few samples leave open lets the comparison pass.
  let allowsFew: Bool
  let seed: UInt64
  /// What one should know before one believes the table: the runs were not of the same plan, or not whole.
  let warnings: [String]
  /// Those with limits first.
  let rows: [ComparisonRow]

  /// What the intervals are of, and what they therefore do not know.
  let caution: String?

  /// - Throws: `usage` when a report contradicts itself.
  init(
    base: NamedReport, new: NamedReport, moreBase: [NamedReport] = [], moreNew: [NamedReport] = [],
    limits: [RegressionLimit], seed: UInt64, allowsFew: Bool = false
  ) throws(ToolFailure) {
    (self.base, self.new, self.seed, self.allowsFew) = (base, new, seed, allowsFew)
    (self.moreBase, self.moreNew) = (moreBase, moreNew)
    var (left, right): ([RunResult], [RunResult]) = ([], [])
    for item in [base] + moreBase { left.append(try item.report.result(name: item.path)) }
    for item in [new] + moreNew { right.append(try item.report.result(name: item.path)) }
    warnings = Self.warnings(base, [new] + moreBase + moreNew)
    caution = Self.caution(left, right)
    let asked = limits.map { ComparisonRow($0.figure, limit: $0, base: left, new: right, seed: seed) }
    let others = ComparedFigure.standard.filter { figure in !limits.contains { $0.figure == figure } }
    rows =
      asked
      + others.map { ComparisonRow($0, limit: nil, base: left, new: right, seed: seed) }
      .filter { $0.base != nil || $0.new != nil }
  }

  var regressions: [ComparisonRow] { rows.filter(\.isRegression) }

  /// Limits of which nobody knows whether they were kept.
  var unjudged: [ComparisonRow] { rows.filter(\.isUnjudged) }

  /// What could not be judged must not look as if it had passed.
  var exit: ToolExit { regressions.isEmpty && (unjudged.isEmpty || allowsFew) ? .passed : .thresholdFailed }

  /// Nil where several runs say how much runs differ.
  private static func caution(_ base: [RunResult], _ new: [RunResult]) -> String? {
    guard base.count + new.count == 2 else { return nil }
    let isKnown = (base + new).allSatisfy { Dependence($0.series).isKnown }
    let short = "; and a run of less than \(Dependence.leastBlocks)s does not show which of its streams hang together"
    return "one run each: intervals are of the spread inside them, and two runs of the same thing may differ by more"
      + (isKnown ? "" : short) + ". More runs tell: --more-base, --more-new"
  }

  /// Beyond this many differences a reader has seen enough.
  private static let mostDifferences = 8

  private static func warnings(_ base: NamedReport, _ others: [NamedReport]) -> [String] {
    var differences: [PlanDifference] = []
    for item in others {
      for found in PlanDifference.between(base.report, item.report, ignoring: ["start_at"])
      where !differences.contains(found) {
        differences.append(found)
      }
    }
    var warnings = differences.prefix(mostDifferences).map { "the plans differ in \($0.text)" }
    if differences.count > mostDifferences {
      warnings.append("the plans differ in \(differences.count - mostDifferences) more options")
    }
    for item in [base] + others {
      if item.report.interrupted { warnings.append("\(item.name) was interrupted: it is a part of its plan") }
      if item.report.client.busyFraction >= 0.9 {
        warnings.append("\(item.name): the tester itself was at its limit; its figures are the tester's too")
      }
    }
    return warnings
  }
}
