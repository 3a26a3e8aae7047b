import Testing

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What stays in the kernel's queue between a connection's requests, and what leaves it.
@Suite struct EventPollerTests {
  /// Two ends of a connection; the poller's is `near`.
  private final class Ends {
    let near: Int32
    let far: Int32

    init() throws {
      var pair: [Int32] = [-1, -1]
      #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
      #else
        let kind = SOCK_STREAM
      #endif
      try #require(socketpair(AF_UNIX, kind, 0, &pair) == 0)
      (near, far) = (pair[0], pair[1])
    }

    func say(_ byte: UInt8) { _ = [byte].withUnsafeBytes { write(far, $0.baseAddress, 1) } }

    deinit {
      close(near)
      close(far)
    }
  }

  /// What the kernel has to tell now.
  private func events(_ poller: EventPoller) -> [EventPoller.Event] {
    var seen: [EventPoller.Event] = []
    poller.wait(milliseconds: 0) { seen = $0.map { EventPoller.event($0) } }
    return seen
  }

  @Test func aForgottenSocketThatIsKeptStaysInTheQueue() throws {
    let poller = try #require(EventPoller())
    let ends = try Ends()
    poller.opened(ends.near)
    poller.watch(ends.near, for: .read, tag: 7)
    poller.forget(ends.near)
    ends.say(1)
    let seen = try #require(events(poller).first)
    #expect(seen.descriptor == ends.near && seen.tag == 7)
    // Nobody waits for it: told once, and no more, or the loop would spin.
    #expect(!poller.isWanted(seen))
    #expect(events(poller).isEmpty)
    // Whoever waits for it again hears of it.
    poller.watch(ends.near, for: .read, tag: 7)
    let again = try #require(events(poller).first)
    #expect(poller.isWanted(again) && again.readiness.contains(.read))
  }

  @Test func whatIsWatchedAgainIsHeard() throws {
    let poller = try #require(EventPoller())
    let ends = try Ends()
    poller.opened(ends.near)
    for tag: UInt32 in [7, 7, 8] {
      poller.watch(ends.near, for: .read, tag: tag)
      ends.say(1)
      let seen = try #require(events(poller).first)
      #expect(poller.isWanted(seen) && seen.tag == tag)
      var byte: UInt8 = 0
      #expect(read(ends.near, &byte, 1) == 1)
      poller.forget(ends.near)
    }
    // Another interest is another registration.
    poller.watch(ends.near, for: .write, tag: 8)
    #expect(events(poller).first?.readiness.contains(.write) == true)
  }

  @Test func othersLeaveTheQueueWhenTheyAreForgotten() throws {
    let poller = try #require(EventPoller())
    let ends = try Ends()
    poller.watch(ends.near, for: .read, tag: 7)
    ends.say(1)
    #expect(events(poller).count == 1)
    poller.forget(ends.near)
    #expect(events(poller).isEmpty)
  }

  /// The kernel gives the number of a closed socket to the next one.
  @Test func aNumberThatCameBackIsRegisteredAnew() throws {
    let poller = try #require(EventPoller())
    for round in 0..<3 {
      let ends = try Ends()
      poller.opened(ends.near)
      poller.watch(ends.near, for: .read, tag: UInt32(round))
      ends.say(1)
      let seen = try #require(events(poller).first)
      #expect(seen.tag == UInt32(round) && poller.isWanted(seen))
      poller.closed(ends.near)
    }
    // Closed unheard: what is watched under the same number is registered all the same.
    let unheard = try Ends()
    poller.watch(unheard.near, for: .read, tag: 1)
    let spare = try Ends()
    #expect(dup2(spare.near, unheard.near) == unheard.near)
    poller.watch(unheard.near, for: .read, tag: 2)
    spare.say(1)
    #expect(events(poller).map(\.tag) == [2])
  }

  @Test func numbersThatAreNoneAreNoTrouble() throws {
    let poller = try #require(EventPoller())
    poller.opened(-1)
    poller.watch(-1, for: .read, tag: 1)
    poller.forget(-1)
    poller.closed(-1)
    #expect(events(poller).isEmpty)
  }
}
