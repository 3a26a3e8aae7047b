import Synchronization
import TestSupport
import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The promise of the proxy, tried on streams that die anywhere: a client gets the exact bytes, or sees that it did not.
///
/// `SOAK_STREAMS`, `SOAK_SEED` and `SOAK_FIRST` (the first stream's index) choose what runs; Scripts/soak.sh sets them.
@Suite("Kill points") struct KillPointSoakTests {
  static let lanes = 48
  /// Long enough for a busy machine to be no silence, short enough for silence to be cheap.
  static let silence = "1500ms"

  @Test("every stream of an origin that dies anywhere is byte-exact or detectably failed")
  func soak() async throws {
    let streams = Environment.number("SOAK_STREAMS") ?? 400
    let seed = UInt64(Environment.number("SOAK_SEED") ?? 1)
    let first = Environment.number("SOAK_FIRST") ?? 0
    let run = try await RawClient.run { try SoakRun(seed: seed, indices: first..<(first + streams)) }
    print(run.report)
    #expect(run.tally.count == streams)
    #expect(run.tally.breaches.isEmpty, "\(run.tally.stories.joined(separator: "\n"))")
    // A soak in which nothing dies, or nothing lives, proves nothing.
    if streams >= 400 {
      #expect(run.tally.exact > streams / 4)
      #expect(run.tally.failed > streams / 4)
      for sign in [SoakOutcome.Sign.short, .noLastChunk, .reset, .answered] {
        #expect(run.tally.total(sign.rawValue) > 0, "\(sign)")
      }
    }
    #expect(run.isAlive, "gzproxy ended during the soak")
    #expect(run.activeAfter == 0, "streams that never ended")
  }
}

/// One soak from start to end. Blocking.
struct SoakRun: Sendable {
  let tally: SoakTally
  let report: String
  let isAlive: Bool
  let activeAfter: Int?

  init(seed: UInt64, indices: Range<Int>) throws {
    let origin = try SoakOrigin(seed: seed)
    // Small kernel buffers, so that the client's pace reaches the origin within small bodies.
    let proxy = try ProxyProcess(
      upstream: origin.port,
      [
        "--upstream-body-timeout", KillPointSoakTests.silence, "--upstream-head-timeout", KillPointSoakTests.silence,
        "--upstream-rcvbuf", "64KiB", "--client-sndbuf", "64KiB",
      ])
    defer { proxy.end() }
    let before = proxy.residentKiB
    let clock = ContinuousClock()
    let started = clock.now
    let shared = Shared()
    let threads = (0..<KillPointSoakTests.lanes).map { lane in
      PlainThread.start(name: "soak-client") {
        let client = SoakClient(port: proxy.port)
        // Each lane has indices of its own, so that what went before on its connection is the same in every run.
        for index in indices where index % KillPointSoakTests.lanes == lane {
          let soak = SoakCase(seed: seed, index: index)
          let outcome = client.run(soak)
          shared.tally.withLock { $0.add(soak, outcome) }
        }
      }
    }
    for thread in threads { thread?.join() }
    var tally = shared.tally.withLock { $0 }
    for index in origin.wrongRequests where SoakCase(seed: seed, index: index).death == nil {
      tally.addWrongRequest(SoakCase(seed: seed, index: index))
    }
    self.tally = tally
    isAlive = proxy.isRunning
    activeAfter = Self.activeStreams(proxy)
    report = """
      kill points: \(tally.count) streams, seed \(seed), \(KillPointSoakTests.lanes) at a time, \(clock.now - started)
      \(tally.table)complete and different: \(tally.breaches[.different] ?? 0)
      gzproxy's resident set: \(Self.kibibytes(before)) before, \(Self.kibibytes(proxy.residentKiB)) after, \
      \(Self.kibibytes(proxy.residentPeakKiB)) at most
      \(tally.stories.joined(separator: "\n"))
      """
  }

  private final class Shared: Sendable { let tally = Mutex(SoakTally()) }

  private static func kibibytes(_ number: Int?) -> String { number.map { "\($0) KiB" } ?? "n/a" }

  /// Streams the proxy still counts when all clients are gone; it hears of the last ones within moments.
  private static func activeStreams(_ proxy: ProxyProcess) -> Int? {
    var active: Int?
    _ = waited(seconds: 2) {
      active = (try? proxy.stat("active_streams")) ?? nil
      return active == 0
    }
    return active
  }
}

/// The numbers that a script sets.
enum Environment {
  static func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
  static func text(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
