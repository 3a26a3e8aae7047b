internal import LoadGen

extension DashboardModel {
  /// Takes over what the engine says besides the figures. The one place that reads them from a snapshot.
  mutating func takeEngineFacts() {
    maximumConcurrency = snapshot.maximumConcurrency
    warnings = snapshot.notices
    environments = snapshot.memory.environments.map(EnvironmentRow.init)
    environmentCount = max(environmentCount, environments.count)
  }
}
