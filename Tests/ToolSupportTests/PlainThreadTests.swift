import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct PlainThreadTests {
  @Test func joinWaitsForTheBody() throws {
    let done = SharedFlag()
    let thread = try #require(
      PlainThread.start(name: "test") {
        // Long enough that a join that does not wait is caught.
        for _ in 0..<10_000 { sched_yield() }
        done.set(true)
      })
    thread.join()
    thread.join()
    #expect(done.isSet)
  }

  @Test func everySignalIsBlockedInIt() throws {
    let blocked = SharedFlag()
    let thread = PlainThread.start(name: "a name longer than fifteen bytes") {
      var mask = sigset_t()
      pthread_sigmask(SIG_SETMASK, nil, &mask)
      blocked.set(sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1)
    }
    thread?.join()
    #expect(blocked.isSet)
  }
}
