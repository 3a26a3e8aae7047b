internal import ToolSupport

/// Two runs side by side.
struct RunComparison: Sendable {
  let base: NamedReport
  let new: NamedReport
  let seed: UInt64
  /// What one should know before one believes the table: the runs were not of the same plan, or not whole.
  let warnings: [String]
  /// Those with limits first.
  let rows: [ComparisonRow]

  /// - Throws: `usage` when a report contradicts itself.
  init(base: NamedReport, new: NamedReport, limits: [RegressionLimit], seed: UInt64) throws(ToolFailure) {
    (self.base, self.new, self.seed) = (base, new, seed)
    let left = try base.report.result(name: base.path)
    let right = try new.report.result(name: new.path)
    warnings = Self.warnings(base, new)
    let asked = limits.map { ComparisonRow($0.figure, limit: $0, base: left, new: right, seed: seed) }
    let others = ComparedFigure.standard.filter { figure in !limits.contains { $0.figure == figure } }
    rows =
      asked
      + others.map { ComparisonRow($0, limit: nil, base: left, new: right, seed: seed) }
      .filter { $0.base != nil || $0.new != nil }
  }

  var regressions: [ComparisonRow] { rows.filter(\.isRegression) }

  var exit: ToolExit { regressions.isEmpty ? .passed : .thresholdFailed }

  /// Beyond this many differences a reader has seen enough.
  private static let mostDifferences = 8

  private static func warnings(_ base: NamedReport, _ new: NamedReport) -> [String] {
    let differences = PlanDifference.between(base.report, new.report, ignoring: ["start_at"])
    var warnings = differences.prefix(mostDifferences).map { "the plans differ in \($0.text)" }
    if differences.count > mostDifferences {
      warnings.append("the plans differ in \(differences.count - mostDifferences) more options")
    }
    for item in [base, new] {
      if item.report.interrupted { warnings.append("\(item.name) was interrupted: it is a part of its plan") }
      if item.report.client.busyFraction >= 0.9 {
        warnings.append("\(item.name): the tester itself was at its limit; its figures are the tester's too")
      }
    }
    return warnings
  }
}
