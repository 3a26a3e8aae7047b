internal import Synchronization
internal import ToolSupport

/// Ends a run early when a threshold fails (`--abort-on-fail`): looks at every snapshot, and says so once.
///
/// What is a failure while the run goes on is `AbortRule`'s to say. Costs the evaluation of each threshold ten times a
/// second, on the monitor's thread.
final class ThresholdGuard: RunObserver {
  private let thresholds: [Threshold]
  private let rule: AbortRule
  private let end: @Sendable (Abort) -> Void
  private let hasEnded = Atomic<Bool>(false)

  /// - Parameter end: called at most once; must not block.
  init(thresholds: [Threshold], rule: AbortRule, end: @escaping @Sendable (Abort) -> Void) {
    self.thresholds = thresholds
    self.rule = rule
    self.end = end
  }

  /// Whether snapshots must carry the distributions.
  static func needsDistributions(_ thresholds: [Threshold]) -> Bool {
    thresholds.contains { if case .distribution = $0.metric { true } else { false } }
  }

  func observe(_ snapshot: Snapshot) {
    // A run that is ending anyway is judged by its end.
    guard snapshot.phase == .running || snapshot.phase == .paused, !hasEnded.load(ordering: .relaxed),
      let reason = reason(snapshot)
    else { return }
    hasEnded.store(true, ordering: .relaxed)
    end(reason)
  }

  private func reason(_ snapshot: Snapshot) -> Abort? {
    let measured = Threshold.Measured(
      counters: snapshot.counters, distributions: snapshot.distributions ?? Distributions(), memory: snapshot.memory,
      seconds: snapshot.countedSeconds)
    let isSettled =
      snapshot.countedSeconds >= rule.delay.seconds && snapshot.counters.streams >= rule.minimumStreams
    for threshold in thresholds {
      switch threshold.prospect(measured) {
      case .isLost: break
      case .isFailing where isSettled: break
      case .isFailing, .isOpen, .holds: continue
      }
      guard let value = threshold.outcome(measured).value else { continue }
      return Abort(
        expression: threshold.expression, value: value, shown: threshold.unit.text(value),
        atSeconds: snapshot.countedSeconds)
    }
    return nil
  }
}
