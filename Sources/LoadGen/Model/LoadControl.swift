/// What the dashboard may do to a running load. The engine implements it; the dashboard's tests fake it.
public protocol LoadControl: AnyObject, Sendable {
  /// A copy; cheap enough for 10 Hz at 10,000 lanes.
  func snapshot() -> Snapshot
  /// Clamped to 1…the limit the descriptors allow. Lanes over the new number end with their current stream.
  func setConcurrency(_ lanes: Int)
  /// A paused load starts no streams; running ones go on.
  func setPaused(_ paused: Bool)
  func stop(_ how: LoadStop)
}

public enum LoadStop: Sendable {
  /// No new streams; running ones have the grace period.
  case drain
  /// Running streams are cut now, and counted `cut_by_deadline`.
  case now
}
