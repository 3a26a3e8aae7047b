internal import LoadGen

/// The streams that have ended, the latest of them; and the failures that nobody has acknowledged yet.
///
/// Fixed memory: `limit` records in a ring, `pinLimit` failures beside it. Failures beyond that push out the oldest pins, which the
/// counters still count.
struct StreamBook: Sendable {
  static let limit = 10_000
  static let pinLimit = 500

  private var ring: [StreamRecord] = []
  private var next = 0
  /// The oldest first.
  private(set) var pins: [StreamRecord] = []
  /// Failures that were pinned and pushed out again.
  private(set) var lostPins = 0
  /// By lane, how many of its failures were acknowledged.
  private var acknowledged: [Int: Int] = [:]

  var count: Int { ring.count }

  mutating func add(_ record: StreamRecord) {
    guard !record.isWarmUp else { return }
    if ring.count < Self.limit {
      ring.append(record)
    } else {
      ring[next] = record
    }
    next = (next + 1) % Self.limit
    guard record.result == .failed else { return }
    // A tenth at once, so that a storm of failures does not move the list for each of them.
    if pins.count >= Self.pinLimit {
      pins.removeFirst(Self.pinLimit / 10)
      lostPins &+= Self.pinLimit / 10
    }
    pins.append(record)
  }

  /// Where a record is in the ring, so many before the latest; nil where there is none.
  func slot(back: Int) -> Int? {
    guard back >= 0, back < ring.count else { return nil }
    return (next - 1 - back + 2 * Self.limit) % Self.limit
  }

  /// Nil when there is no such slot.
  func record(slot: Int) -> StreamRecord? { ring.indices.contains(slot) ? ring[slot] : nil }

  /// The latest one of that number. Looks at all of them: for what a person does, not for what is drawn.
  func record(stream: Int) -> StreamRecord? {
    ring.last { $0.stream == stream } ?? pins.last { $0.stream == stream }
  }

  /// The latest failed one that is like this. Looks at all of them, as above.
  func latestFailure(where matches: (StreamRecord) -> Bool) -> StreamRecord? {
    for back in 0..<ring.count {
      if let slot = slot(back: back), ring[slot].result == .failed, matches(ring[slot]) { return ring[slot] }
    }
    return pins.last(where: matches)
  }

  // MARK: - Acknowledging

  /// Whether a lane has failed since somebody last looked.
  func isPinned(_ lane: LaneSnapshot) -> Bool { lane.failed > acknowledged[lane.lane, default: 0] }

  mutating func acknowledge(lane: LaneSnapshot) {
    acknowledged[lane.lane] = lane.failed
    pins.removeAll { $0.lane == lane.lane }
  }

  /// - Parameter lane: as it is now.
  mutating func acknowledge(stream: Int, of lane: LaneSnapshot?) {
    pins.removeAll { $0.stream == stream }
    guard let lane, !pins.contains(where: { $0.lane == lane.lane }) else { return }
    acknowledged[lane.lane] = lane.failed
  }

  mutating func acknowledgeAll(_ lanes: [LaneSnapshot]) {
    pins.removeAll()
    lostPins = 0
    for lane in lanes where lane.failed > 0 { acknowledged[lane.lane] = lane.failed }
  }

  mutating func removeAll() { self = StreamBook() }
}
