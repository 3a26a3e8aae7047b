internal import LoadGen

extension TargetMemory {
  /// Seconds after which a figure is of the past.
  private static let lifetime = 3.0

  /// What the target has now, in bytes; nil where nobody has said so lately.
  var freshBytes: Int64? { isFresh ? rssBytes : nil }

  var isFresh: Bool { ageSeconds ?? 0 < Self.lifetime }
}
