internal import LoadGen

extension DashboardModel {
  /// Takes over what the engine says besides the figures. The one place that reads them from a snapshot.
  mutating func takeEngineFacts() {
    maximumConcurrency = snapshot.maximumConcurrency
    warnings = snapshot.notices
  }
}

// Stand-ins until LoadGen's Snapshot has these two itself: delete this extension then, nothing else changes.
extension Snapshot {
  /// The most lanes that the limit of open files allows.
  var maximumConcurrency: Int { .max }
  /// What went wrong around the load, e.g. in the lab, oldest first; only ever appended to.
  var notices: [String] { [] }
}
