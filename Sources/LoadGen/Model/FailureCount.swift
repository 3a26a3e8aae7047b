/// A kind of failure and how many streams had it, as dashboards and the summary of a shown run name it.
public struct FailureCount: Sendable, Equatable {
  /// `502 length_and_chunked`, `status 404`, `truncated`, `missed length`.
  public var name: String
  public var count: Int

  public init(_ name: String, _ count: Int) {
    self.name = name
    self.count = count
  }
}

extension Counters {
  /// Every failed stream under one name, as far as counters allow: they say how many streams had a cause, a broken transport, an
  /// invalid body, but not which of them are the same. So no more are named than have failed, what explains most first: an answer's
  /// cause, the transport, then what is left for the body and for `--expect-…`.
  ///
  /// - Parameter accepted: `--expect-status`.
  /// - Returns: the most frequent first.
  public func failureCounts(accepted: [ClosedRange<Int>]) -> [FailureCount] {
    var kinds: [FailureCount] = []
    var unnamed = failed
    for candidate in candidates(accepted) {
      let named = min(candidate.count, unnamed)
      guard named > 0 else { continue }
      kinds.append(FailureCount(candidate.name, named))
      unnamed -= named
    }
    return kinds.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  /// Everything that may be a stream's failure, what explains most first.
  private func candidates(_ accepted: [ClosedRange<Int>]) -> [FailureCount] {
    var candidates = refused(accepted)
    for (outcome, count) in transport.counted where outcome != .complete && outcome != .cutByDeadline {
      candidates.append(FailureCount(outcome.rawValue, count))
    }
    // A body without its end is what a broken transport leaves behind: other verdicts are news.
    let invalid = verdicts.counted.filter { $0.key.isInvalid }
    for (verdict, count) in invalid where verdict != .truncated {
      candidates.append(FailureCount(verdict.rawValue, count))
    }
    for (verdict, count) in invalid where verdict == .truncated {
      candidates.append(FailureCount(verdict.rawValue, count))
    }
    let missed = missedExpectations.filter { $0.key != "status" }.sorted { $0.key < $1.key }
    return candidates + missed.map { FailureCount("missed \($0.key)", $0.value) }
  }

  /// Answers whose status was not accepted, by their cause; a status below 400 has none and stands for itself.
  private func refused(_ accepted: [ClosedRange<Int>]) -> [FailureCount] {
    var kinds: [FailureCount] = []
    for (status, count) in status.sorted(by: { $0.key < $1.key }) {
      guard status != 0, !accepted.contains(where: { $0.contains(status) }) else { continue }
      let causes = causes[status, default: EnumCounts()].counted
      for (cause, count) in causes { kinds.append(FailureCount("\(status) \(cause.rawValue)", count)) }
      let others = count &- causes.reduce(0) { $0 &+ $1.count }
      if others > 0 { kinds.append(FailureCount("status \(status)", others)) }
    }
    return kinds
  }
}
