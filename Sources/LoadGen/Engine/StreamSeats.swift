/// The places that streams have on a multi handle's HTTP/2 connections, and who may begin when they are taken. Pure.
///
/// libcurl waits for a host's first connection before it opens another, but not for further ones: lanes that begin together
/// beyond what that one carries would open one each, and keep it. So no more streams are without a connection at a time than
/// there are free places and connections still to come.
///
/// Guarantees: `mayBegin` is true whenever no stream is without a connection, so who was refused is asked for again by the next
/// one that gets its place, or ends without one.
struct StreamSeats {
  /// A connection by its two ports: all streams of a handle that uses this go to one host.
  struct Connection: Hashable {
    let local: Int32
    let remote: Int32
  }

  let perConnection: Int
  /// Streams on each connection; one without any is left out, and found again by the first stream that gets it.
  private var taken: [Connection: Int] = [:]
  private var seated = 0
  /// Streams that have begun and have no connection yet.
  private(set) var waiting = 0
  /// Somebody was refused since `takeRefusal`.
  private var hasRefused = false
  /// Something changed since then.
  private var hasChanged = false
  /// The last stream that tried to get a connection got none, and nobody has one. Waiting for each other, lanes would find
  /// out one after the other what each of them finds out by itself.
  private(set) var isHopeless = false

  init(perConnection: Int) { self.perConnection = max(1, perConnection) }

  /// - Parameter lanes: how many streams the handle may have at a time.
  mutating func mayBegin(lanes: Int) -> Bool {
    let wanted = (max(1, lanes) &+ perConnection &- 1) / perConnection
    let free = taken.count &* perConnection &- seated
    let may = isHopeless || waiting < max(0, free) &+ max(1, wanted &- taken.count)
    if !may { hasRefused = true }
    return may
  }

  mutating func begin() { waiting &+= 1 }

  /// The stream's request is about to be sent over this connection; again, when it is sent a second time.
  ///
  /// - Parameter old: where it sat before; nil when it had no connection.
  mutating func sit(_ connection: Connection, insteadOf old: Connection?) {
    if let old { rise(old) } else { waiting &-= 1 }
    taken[connection, default: 0] &+= 1
    seated &+= 1
    isHopeless = false
    hasChanged = true
  }

  /// The stream is over.
  mutating func end(_ connection: Connection?) {
    if let connection {
      rise(connection)
    } else {
      waiting &-= 1
      isHopeless = seated == 0
    }
    hasChanged = true
  }

  private mutating func rise(_ connection: Connection) {
    guard let count = taken[connection] else { return }
    taken[connection] = count > 1 ? count &- 1 : nil
    seated &-= 1
  }

  /// Whether to ask again for those who were refused.
  mutating func takeRefusal() -> Bool {
    guard hasRefused, hasChanged else {
      hasChanged = false
      return false
    }
    hasRefused = false
    hasChanged = false
    return true
  }
}
