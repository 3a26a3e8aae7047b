internal import LoadGen

/// What has happened, a line each: the latest `limit` of them.
struct EventLog: Sendable {
  static let limit = 2000

  struct Entry: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
      /// What a person did here, and what came of it.
      case command
      case failure
      /// What the run or the lab said.
      case notice
      /// The load began, paused, drained, ended.
      case phase
      case environment
      /// Events that were not seen.
      case gap
    }

    /// Seconds of the run.
    var time: Double
    var kind: Kind
    var text: String
    /// The stream it is about.
    var stream: Int?
    var lane: Int?
    var isBad = false
    /// In the order of writing, from 1.
    fileprivate(set) var number = 0
  }

  private var written = 0

  /// In the order of time, the oldest first, but for what comes later than `lookBack` younger ones.
  private(set) var entries: [Entry] = []
  /// Entries that were pushed out.
  private(set) var dropped = 0

  mutating func add(_ entry: Entry) {
    // A quarter at once, so that a storm does not move the list for each line.
    if entries.count >= Self.limit {
      entries.removeFirst(Self.limit / 4)
      dropped &+= Self.limit / 4
    }
    written &+= 1
    var entry = entry
    entry.number = written
    // What a thread tells a tenth of a second later still stands where it happened.
    let late = entries.reversed().prefix(Self.lookBack).prefix { $0.time > entry.time }.count
    entries.insert(entry, at: entries.count - late)
  }

  /// So many entries an older one that comes late goes before.
  private static let lookBack = 64

  /// Only what is of that kind stays.
  mutating func keep(_ kind: Entry.Kind) { entries.removeAll { $0.kind != kind } }
}
