/// What a dashboard shows, and may change: a load of its own, a record, somebody else's run.
///
///     LiveSource · ReplaySource · AttachSource · WatchSource ── RunView ──▶ dashboard ── RunCommand ──▶
///
/// Called on one thread, about ten times a second. Nothing here blocks for longer than a few milliseconds: what takes longer is done
/// elsewhere and told in a later view's `replies`.
public protocol RunSource: AnyObject, Sendable {
  /// What commands it takes; fixed while it lasts.
  var abilities: RunAbilities { get }

  /// The run now, and what has happened since the last call.
  ///
  /// - Parameter focus: the stream that a person looks at; its `detail` is in this view or one of the next.
  func view(of focus: RunFocus?) -> RunView

  /// Commands that are not among the abilities are answered with a reply that says so.
  func perform(_ command: RunCommand)
}

/// A stream that a person looks at.
public struct RunFocus: Sendable, Equatable {
  public var lane: Int
  /// Number of the stream in the run, from 1; nil is whatever the lane carries, or carried last.
  public var stream: Int?

  public init(lane: Int, stream: Int? = nil) {
    self.lane = lane
    self.stream = stream
  }
}
