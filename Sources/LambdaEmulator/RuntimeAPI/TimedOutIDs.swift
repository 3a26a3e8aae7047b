internal import NIOCore

/// The last invocations whose caller was told of a timeout: a late answer to one of them is told so, once.
struct TimedOutIDs {
  static let limit = 1000

  private var order = CircularBuffer<String>()
  private var ids: Set<String> = []

  mutating func insert(_ id: String) {
    guard ids.insert(id).inserted else { return }
    order.append(id)
    while order.count > Self.limit, let oldest = order.popFirst() { ids.remove(oldest) }
  }

  /// True the first time.
  mutating func consume(_ id: String) -> Bool { ids.remove(id) != nil }
}
