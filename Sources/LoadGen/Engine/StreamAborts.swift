/// Running streams that a person wants cut. A wish like the other orders, which may be read more than once or not at all: each has a
/// serial number, so that a thread does it once. The last `limit` are kept; who asks for more before a thread looks has asked in vain.
struct StreamAborts: Sendable, Equatable {
  static let limit = 64

  struct Entry: Sendable, Equatable {
    let serial: Int
    let lane: Int
    let stream: Int
  }

  private(set) var entries: [Entry] = []
  /// Of the last one; 0 is none.
  private(set) var serial = 0

  mutating func add(lane: Int, stream: Int) {
    serial &+= 1
    if entries.count >= Self.limit { entries.removeFirst() }
    entries.append(Entry(serial: serial, lane: lane, stream: stream))
  }

  /// Those after the one that was done last.
  func after(_ done: Int) -> some Sequence<Entry> { entries.lazy.filter { $0.serial > done } }
}
