internal import LoadGen

extension DashboardModel {
  /// Takes over what the engine says besides the figures. The one place that reads them from a snapshot.
  ///
  /// - Parameter isJump: what was known is of another moment.
  mutating func takeEngineFacts(isJump: Bool) {
    maximumConcurrency = snapshot.maximumConcurrency
    warnings = snapshot.notices
    let before = environments
    environments = snapshot.memory.environments.map(EnvironmentRow.init)
    environmentCount = max(environmentCount, environments.count)
    if !isJump, environments != before { noteEnvironments(since: before) }
  }

  /// The first ones that anybody hears of are no news.
  private mutating func noteEnvironments(since before: [EnvironmentRow]) {
    guard !before.isEmpty else { return }
    let known = Dictionary(before.map { ($0.id, $0) }) { first, _ in first }
    for row in environments {
      guard let old = known[row.id] else {
        write(.environment, "\(row.id) was started")
        continue
      }
      if row.restarts > old.restarts {
        write(.environment, "\(row.id): its runtime ended, and another one was started in its place", isBad: true)
      } else if row.state == .ended, old.state != .ended {
        write(.environment, "\(row.id): its runtime ended", isBad: true)
      }
    }
  }
}
