import Synchronization
import Testing

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct InterruptListenerTests {
  /// SIGHUP and not SIGINT, so that Ctrl-C still ends the tests.
  @Test func everySignalIsCounted() throws {
    // `nohup swift test` would have it ignored.
    signal(SIGHUP, SIG_DFL)
    let listener = InterruptListener()
    let seen = Numbers()
    try listener.start { number in seen.all.withLock { $0.append(number) } }
    defer { for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) } }
    kill(getpid(), SIGHUP)
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while listener.count < 1 && ContinuousClock.now < deadline { sched_yield() }
    #expect(listener.count == 1)
    kill(getpid(), SIGHUP)
    while listener.count < 2 && ContinuousClock.now < deadline { sched_yield() }
    #expect(listener.count == 2)
    // Counted first and told then.
    while seen.all.withLock({ $0.count }) < 2 && ContinuousClock.now < deadline { sched_yield() }
    let told = seen.all.withLock { $0 }
    #expect(told == [1, 2])
  }
}

private final class Numbers: Sendable {
  let all = Mutex<[Int]>([])
}
