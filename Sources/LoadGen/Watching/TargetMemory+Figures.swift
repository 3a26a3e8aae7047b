extension TargetMemory {
  /// Takes the process's own figures of a later look at it, and keeps what responses told about instances.
  mutating func takeFigures(of other: TargetMemory) {
    unavailableReason = other.unavailableReason ?? unavailableReason
    instances.merge(other.instances) { ours, theirs in
      var both = ours
      both.rssPeakBytes = max(ours.rssPeakBytes, theirs.rssPeakBytes)
      guard let later = theirs.environment else { return both }
      both.rssBytes = theirs.rssBytes
      both.environment = later
      return both
    }
    guard other.source != nil else { return }
    source = other.source
    rssBytes = other.rssBytes
    rssPeakBytes = other.rssPeakBytes.map { max($0, rssPeakBytes ?? 0) } ?? rssPeakBytes
    sampleCount = max(sampleCount, other.sampleCount)
    ageSeconds = other.ageSeconds
  }
}
