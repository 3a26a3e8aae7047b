/// The running streams that a proxy tells of, each in a row that it keeps as long as it runs.
///
/// A stream that is told of no more has ended, how nobody tells; its row shows that until another stream takes it.
struct WatchedStreams {
  /// gzproxy tells of no more.
  static let limit = 1000
  /// Seconds.
  private static let longestAge = 1e9

  private(set) var lanes: [LaneSnapshot] = []
  private var rows: [String: Int] = [:]
  /// Streams that were seen; goes on through restarts, so that no number comes twice.
  private var begun = 0

  /// - Parameter elapsed: seconds since the last telling; 0 when there was none.
  mutating func take(_ told: [TargetStats.Stream], elapsed: Double) {
    let told = told.prefix(Self.limit)
    let running = Set(told.map(\.requestID))
    var free = lanes.indices.filter { lanes[$0].state == .ended }[...]
    var ended: [Int] = []
    for (id, row) in rows where !running.contains(id) {
      end(id, row)
      ended.append(row)
    }
    // A stream is seen to be over before another takes its row, unless there is no other.
    if lanes.count >= Self.limit { free += ended }
    for stream in told {
      if let row = rows[stream.requestID] {
        update(row, stream, elapsed)
      } else if lanes.count < Self.limit || !free.isEmpty {
        let row = free.popFirst() ?? lanes.count
        start(row, stream)
        update(row, stream, 0)
      }
    }
  }

  /// Of another process of the target, nothing is known yet.
  mutating func forget() { (lanes, rows) = ([], [:]) }

  /// The target does not answer: what its streams do now nobody knows.
  mutating func fallSilent() {
    for row in lanes.indices where lanes[row].state != .ended {
      (lanes[row].state, lanes[row].bytesPerSecond) = (.idle, 0)
    }
  }

  private mutating func start(_ row: Int, _ stream: TargetStats.Stream) {
    begun &+= 1
    var lane = LaneSnapshot(lane: row)
    (lane.stream, lane.requestID) = (begun, String(stream.requestID.unicodeScalars.prefix(200)))
    lane.isWatched = true
    if row < lanes.count { lanes[row] = lane } else { lanes.append(lane) }
    rows[stream.requestID] = row
  }

  private mutating func update(_ row: Int, _ stream: TargetStats.Stream, _ elapsed: Double) {
    let bytes = max(0, stream.bytesOut ?? 0)
    let more = max(0, bytes &- lanes[row].bytes)
    let told = stream.ageSeconds.map { $0.isFinite ? min(max(0, $0), Self.longestAge) : 0 }
    let age = told ?? lanes[row].elapsedSeconds + elapsed
    lanes[row].state = bytes > 0 ? .streaming : .waiting
    lanes[row].bytesPerSecond = elapsed > 0 ? Double(more) / elapsed : 0
    lanes[row].bytes = bytes
    lanes[row].elapsedSeconds = age
  }

  private mutating func end(_ id: String, _ row: Int) {
    rows[id] = nil
    lanes[row].state = .ended
    lanes[row].bytesPerSecond = 0
  }
}
