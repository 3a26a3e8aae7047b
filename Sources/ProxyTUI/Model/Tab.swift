/// The views of the dashboard, by the keys that open them.
enum Tab: Int, CaseIterable, Sendable {
  case streams = 1
  case overview, latency, failures, environments, log

  var title: String {
    switch self {
    case .streams: "Streams"
    case .overview: "Overview"
    case .latency: "Latency"
    case .failures: "Failures"
    case .environments: "Environments"
    case .log: "Log"
    }
  }

  /// Where there is little room.
  var shortTitle: String {
    switch self {
    case .environments: "Envs"
    default: title
    }
  }

  /// Whether it is a table, with a selection, a filter and an order.
  var isTable: Bool {
    switch self {
    case .overview, .latency: false
    default: true
    }
  }

  /// The next one, or the one before; round and round.
  func neighbour(forward: Bool) -> Tab {
    let count = Self.allCases.count
    return Tab(rawValue: (rawValue - 1 + (forward ? 1 : count - 1)) % count + 1) ?? .streams
  }
}
