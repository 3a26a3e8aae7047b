import Testing

@testable import LoadGen

@Suite struct StreamSeatsTests {
  private static func connection(_ port: Int32) -> StreamSeats.Connection { .init(local: port, remote: 443) }

  /// The value under test, where an expectation may change it.
  private final class Seats {
    var value: StreamSeats
    init(perConnection: Int) { value = StreamSeats(perConnection: perConnection) }

    func mayBegin(lanes: Int) -> Bool { value.mayBegin(lanes: lanes) }
    func takeRefusal() -> Bool { value.takeRefusal() }
    func begin() { value.begin() }
    func sit(_ connection: StreamSeats.Connection, insteadOf old: StreamSeats.Connection?) {
      value.sit(connection, insteadOf: old)
    }
    func end(_ connection: StreamSeats.Connection?) { value.end(connection) }
    var waiting: Int { value.waiting }
    var isHopeless: Bool { value.isHopeless }

    /// Streams that may begin now, one after the other.
    func beginAll(lanes: Int, upTo limit: Int = .max) -> Int {
      var begun = 0
      while begun < limit, value.mayBegin(lanes: lanes) {
        value.begin()
        begun += 1
      }
      return begun
    }
  }

  @Test func oneStreamAConnectionNeedsNoWaiting() {
    let seats = Seats(perConnection: 1)
    #expect(seats.beginAll(lanes: 50, upTo: 50) == 50)
  }

  @Test func noMoreThanThereAreConnectionsToCome() {
    let seats = Seats(perConnection: 8)
    // Four connections for 32 lanes.
    #expect(seats.beginAll(lanes: 32) == 4)
    // libcurl let all of them wait for the first one.
    for _ in 0..<4 { seats.sit(Self.connection(1), insteadOf: nil) }
    #expect(seats.takeRefusal())
    // Four more places there, and three connections.
    #expect(seats.beginAll(lanes: 32) == 7)
    for _ in 0..<4 { seats.sit(Self.connection(1), insteadOf: nil) }
    for port: Int32 in 2...4 { seats.sit(Self.connection(port), insteadOf: nil) }
    #expect(seats.beginAll(lanes: 32, upTo: 21) == 21)
  }

  @Test func whoWasRefusedIsAskedForWhenSomethingChanged() {
    let seats = Seats(perConnection: 2)
    #expect(seats.beginAll(lanes: 2) == 1)
    // Nothing has changed.
    #expect(!seats.takeRefusal())
    seats.end(nil)
    #expect(seats.takeRefusal())
    #expect(!seats.takeRefusal())
    #expect(seats.mayBegin(lanes: 2))
  }

  @Test func aPlaceIsFreeAgainAfterItsStream() {
    let seats = Seats(perConnection: 2)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    // Full, and nobody waits: the next one opens a connection.
    #expect(seats.beginAll(lanes: 2) == 1)
    seats.end(Self.connection(1))
    #expect(seats.beginAll(lanes: 2) == 1)
  }

  /// A target that makes no connection: each lane finds out by itself, and not one after the other.
  @Test func nobodyWaitsForAConnectionThatCannotBe() {
    let seats = Seats(perConnection: 8)
    #expect(seats.beginAll(lanes: 8) == 1)
    seats.end(nil)
    #expect(seats.isHopeless && seats.beginAll(lanes: 8, upTo: 8) == 8)
    // It comes back: from here on lanes share again.
    seats.sit(Self.connection(1), insteadOf: nil)
    #expect(!seats.isHopeless)
    for _ in 0..<7 { seats.sit(Self.connection(1), insteadOf: nil) }
    // One that loses its connection while others have theirs says nothing of the target.
    #expect(seats.beginAll(lanes: 8, upTo: 1) == 1)
    seats.end(nil)
    #expect(!seats.isHopeless)
  }

  @Test func aRequestSentAgainMoves() {
    let seats = Seats(perConnection: 1)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    seats.sit(Self.connection(2), insteadOf: Self.connection(1))
    seats.end(Self.connection(2))
    #expect(seats.waiting == 0)
    // A connection that is gone is no place.
    #expect(seats.beginAll(lanes: 1) == 1)
  }

  /// Whatever happens, with nobody on the way a stream may begin: else nothing would ever ask again.
  @Test func itNeverRefusesForEver() {
    var random = SystemRandomNumberGenerator()
    let seats = Seats(perConnection: 3)
    var running: [StreamSeats.Connection?] = []
    for _ in 0..<20_000 {
      if running.allSatisfy({ $0 != nil }) { #expect(seats.mayBegin(lanes: 7)) }
      switch Int.random(in: 0..<3, using: &random) {
      case 0 where seats.mayBegin(lanes: 7):
        seats.begin()
        running.append(nil)
      case 1:
        guard let index = running.indices.randomElement() else { continue }
        let next = Self.connection(.random(in: 1...4))
        seats.sit(next, insteadOf: running[index])
        running[index] = next
      default:
        guard let index = running.indices.randomElement() else { continue }
        seats.end(running.remove(at: index))
      }
      #expect(seats.waiting == running.count { $0 == nil })
    }
  }
}
