internal import LoadGen

/// An environment of a Lambda function, as the screen knows it.
struct EnvironmentRow: Equatable, Sendable {
  var id: String
  var rssBytes: Int64
  var rssPeakBytes: Int64
  var state: FunctionEnvironment.State
  var limitBytes: Int64?
  var active: Int
  var maximum: Int
  var restarts: Int

  init(id: String, use: TargetMemory.Instance, environment: FunctionEnvironment) {
    self.id = id
    rssBytes = use.rssBytes
    rssPeakBytes = use.rssPeakBytes
    state = environment.state
    limitBytes = environment.memoryLimitBytes
    active = environment.activeInvocations
    maximum = environment.maximumInvocations
    restarts = environment.restarts
  }

  /// Of the limit, in percent and rounded up, so that 100 is said only where nothing is left; nil without a limit.
  var percent: Int? {
    guard let limitBytes, limitBytes > 0 else { return nil }
    let share = Double(max(0, rssBytes)) / Double(limitBytes) * 100
    return Int(min(share.rounded(.up), 999))
  }

  /// Those that fit into so many rows, and the others: all in the order they came, or the living ones with the most memory first.
  /// By their peaks, since rows that change their places cannot be read.
  static func shown(_ rows: [EnvironmentRow], room: Int) -> (rows: [EnvironmentRow], others: [EnvironmentRow]) {
    guard rows.count > room else { return (rows, []) }
    guard room > 0 else { return ([], rows) }
    // The sort is stable: equals stay in the order of their names.
    let sorted = rows.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if (one.state == .ended) != (other.state == .ended) { return other.state == .ended }
      return (other.rssPeakBytes, left.offset) < (one.rssPeakBytes, right.offset)
    }
    .map(\.element)
    return (Array(sorted.prefix(room - 1)), Array(sorted.dropFirst(room - 1)))
  }
}
