internal import LoadGen

extension DashboardModel {
  /// Takes over what the engine says besides the figures. The one place that reads them from a snapshot.
  mutating func takeEngineFacts() {
    maximumConcurrency = snapshot.maximumConcurrency
    warnings = snapshot.notices
    environments = snapshot.memory.environments.map(EnvironmentRow.init)
    environmentCount = max(environmentCount, environments.count)
  }

  /// The first ones that anybody hears of are no news.
  mutating func noteEnvironments(_ rows: [EnvironmentRow], at seconds: Double) {
    defer { notedEnvironments = rows }
    guard !notedEnvironments.isEmpty, rows != notedEnvironments else { return }
    let known = Dictionary(notedEnvironments.map { ($0.id, $0) }) { first, _ in first }
    for row in rows {
      guard let old = known[row.id] else {
        write(.environment, "\(row.id) was started", at: seconds)
        continue
      }
      if row.restarts > old.restarts {
        let text = "\(row.id): its runtime ended, and another one was started in its place"
        write(.environment, text, at: seconds, isBad: true)
      } else if row.state == .ended, old.state != .ended {
        write(.environment, "\(row.id): its runtime ended", at: seconds, isBad: true)
      }
    }
  }
}
