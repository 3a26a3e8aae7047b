/// The last streams of a kind that ended, so that a person can still open one. At most `limit`; a new one takes the place of the
/// oldest.
struct KeptStreams: Sendable {
  private let limit: Int
  private var records: [StreamRecord] = []
  private var next = 0

  init(limit: Int) { self.limit = max(1, limit) }

  mutating func keep(_ record: StreamRecord) {
    guard records.count >= limit else { return records.append(record) }
    records[next] = record
    next = (next + 1) % limit
  }

  func find(stream: Int, lane: Int) -> StreamRecord? { records.first { $0.stream == stream && $0.lane == lane } }
}
