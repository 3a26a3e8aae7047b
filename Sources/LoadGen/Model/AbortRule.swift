public import ToolSupport

/// `--abort-on-fail`: when a threshold that fails ends the run early.
///
/// One that cannot hold any more whatever follows (a count beyond its bound, one failure where none may be) ends the run
/// at once. One that might still recover (a share, a percentile) is judged by the present state, from `delay` after the
/// start and from `minimumStreams` ended streams on. What only the end can tell (a count yet to be reached) never does.
public struct AbortRule: Sendable, Equatable {
  public var delay = TimeSpan(nanoseconds: 10_000_000_000)
  public var minimumStreams = 100

  public init() {}
}
