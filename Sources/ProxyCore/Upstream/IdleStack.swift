internal import NIOCore

/// The idle connections of one event loop, newest on top: the newest is the likeliest to be alive, and the old ones get to
/// expire. Bounded; pushing onto a full stack gives the oldest back. Pure.
struct IdleStack<Connection: AnyObject> {
  private struct Entry {
    var connection: Connection
    var since: NIODeadline
  }
  private var entries: [Entry] = []
  let capacity: Int
  let timeout: Duration

  init(capacity: Int, timeout: Duration) {
    self.capacity = capacity
    self.timeout = timeout
  }

  var count: Int { entries.count }

  /// What had to go to make room.
  mutating func push(_ connection: Connection, at now: NIODeadline) -> Connection? {
    guard capacity > 0 else { return connection }
    entries.append(Entry(connection: connection, since: now))
    return entries.count > capacity ? entries.removeFirst().connection : nil
  }

  mutating func pop() -> Connection? { entries.popLast()?.connection }

  mutating func popOldest() -> Connection? { entries.isEmpty ? nil : entries.removeFirst().connection }

  mutating func remove(_ connection: Connection) -> Bool {
    guard let index = entries.lastIndex(where: { $0.connection === connection }) else { return false }
    entries.remove(at: index)
    return true
  }

  mutating func expire(at now: NIODeadline) -> [Connection] {
    // The oldest lie at the front.
    let expired = entries.prefix { $0.since.isOlder(than: timeout, at: now) }
    entries.removeFirst(expired.count)
    return expired.map(\.connection)
  }

  mutating func removeAll() -> [Connection] {
    defer { entries.removeAll() }
    return entries.map(\.connection)
  }
}
