/// What a dashboard may do besides steering the load: faults of the lab, reports, records. Called on the dashboard's thread.
protocol LiveCommands: AnyObject, Sendable {
  /// What it takes; fixed while the run lasts.
  var abilities: RunAbilities { get }
  /// False for a command that is not its own.
  func perform(_ command: RunCommand) -> Bool
  /// Adds what it knows: replies, the fault, the record, further targets.
  func fill(_ view: inout RunView)
}
