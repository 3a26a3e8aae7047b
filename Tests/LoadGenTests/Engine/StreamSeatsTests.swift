import Testing

@testable import LoadGen

@Suite struct StreamSeatsTests {
  private static func connection(_ port: Int32) -> StreamSeats.Connection { .init(local: port, remote: 443) }

  /// Streams that may begin now, one after the other.
  private static func beginAll(_ seats: inout StreamSeats, lanes: Int, upTo limit: Int = .max) -> Int {
    var begun = 0
    while begun < limit, seats.mayBegin(lanes: lanes) {
      seats.begin()
      begun += 1
    }
    return begun
  }

  @Test func oneStreamAConnectionNeedsNoWaiting() {
    var seats = StreamSeats(perConnection: 1)
    #expect(Self.beginAll(&seats, lanes: 50, upTo: 50) == 50)
  }

  @Test func noMoreThanThereAreConnectionsToCome() {
    var seats = StreamSeats(perConnection: 8)
    // Four connections for 32 lanes.
    #expect(Self.beginAll(&seats, lanes: 32) == 4)
    // libcurl let all of them wait for the first one.
    for _ in 0..<4 { seats.sit(Self.connection(1), insteadOf: nil) }
    #expect(seats.takeRefusal())
    // Four more places there, and three connections.
    #expect(Self.beginAll(&seats, lanes: 32) == 7)
    for _ in 0..<4 { seats.sit(Self.connection(1), insteadOf: nil) }
    for port: Int32 in 2...4 { seats.sit(Self.connection(port), insteadOf: nil) }
    #expect(Self.beginAll(&seats, lanes: 32, upTo: 21) == 21)
  }

  @Test func whoWasRefusedIsAskedForWhenSomethingChanged() {
    var seats = StreamSeats(perConnection: 2)
    #expect(Self.beginAll(&seats, lanes: 2) == 1)
    // Nothing has changed.
    #expect(!seats.takeRefusal())
    seats.end(nil)
    #expect(seats.takeRefusal())
    #expect(!seats.takeRefusal())
    #expect(seats.mayBegin(lanes: 2))
  }

  @Test func aPlaceIsFreeAgainAfterItsStream() {
    var seats = StreamSeats(perConnection: 2)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    // Full, and nobody waits: the next one opens a connection.
    #expect(Self.beginAll(&seats, lanes: 2) == 1)
    seats.end(Self.connection(1))
    #expect(Self.beginAll(&seats, lanes: 2) == 1)
  }

  @Test func aRequestSentAgainMoves() {
    var seats = StreamSeats(perConnection: 1)
    seats.begin()
    seats.sit(Self.connection(1), insteadOf: nil)
    seats.sit(Self.connection(2), insteadOf: Self.connection(1))
    seats.end(Self.connection(2))
    #expect(seats.waiting == 0)
    // A connection that is gone is no place.
    #expect(Self.beginAll(&seats, lanes: 1) == 1)
  }

  /// Whatever happens, with nobody on the way a stream may begin: else nothing would ever ask again.
  @Test func itNeverRefusesForEver() {
    var random = SystemRandomNumberGenerator()
    var seats = StreamSeats(perConnection: 3)
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
