public import LoadGen

/// What the header says of the run; fixed while it lasts.
public struct RunLabel: Sendable {
  /// `http://127.0.0.1:8080/gzip/8MiB`, and how many more.
  public var target: String
  /// The load in words, without what keys change: `200 streams`, `until quit`.
  public var load: String
  /// Worth a line from the start, e.g. that the guardian could not be started.
  public var note: String?
  /// What one is looking at and what to press, in a line; said for the first half minute.
  public var introduction: String?
  /// What files that a person saves are called, without their endings: `gztop-20261122-221500`.
  public var fileStem = "gztop"
  /// The embedded lab that is the target, if any.
  public var lab: LabMode?
  /// `--expect-status`: which answers count as failed.
  var acceptedStatuses: [ClosedRange<Int>] = [200...399]

  public init(target: String, load: String, note: String? = nil) {
    self.target = target
    self.load = load
    self.note = note
  }
}
