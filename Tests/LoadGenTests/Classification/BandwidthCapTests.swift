import Testing

@testable import LoadGen

@Suite struct BandwidthCapTests {
  /// A stream of pieces of 64 KiB, at one rate for the first 6 MiB and another after it, bytes a second.
  private func isCapped(first: Double, then: [Double], total: Int64) -> Bool {
    var cap = BandwidthCap()
    var bytes: Int64 = 0
    var now: Int64 = 5_000_000_000
    let start = now
    var index = 0
    while bytes < total {
      let piece = min(64 * 1024, total - bytes)
      let rate = bytes < BandwidthCap.burstBytes ? first : then[index % then.count]
      now += Int64(Double(piece) / rate * 1e9)
      bytes += piece
      // The rate changes every 2 MiB.
      if bytes > BandwidthCap.burstBytes { index = Int((bytes - BandwidthCap.burstBytes) >> 21) }
      cap.receive(bytes: bytes, now: now)
    }
    return cap.isCapped(bytes: bytes, firstByte: start, lastByte: now)
  }

  @Test(arguments: [2.0e6, 2_097_152]) func fastAndThenTwoMegabytesASecondIsTheCap(rate: Double) {
    #expect(isCapped(first: 50e6, then: [rate], total: 30_000_000))
  }

  @Test func otherStreamsAreNot() {
    // As slow from the beginning; faster, slower; too short to tell; no burst at all.
    #expect(!isCapped(first: 2e6, then: [2e6], total: 30_000_000))
    #expect(!isCapped(first: 50e6, then: [5e6], total: 30_000_000))
    #expect(!isCapped(first: 50e6, then: [1e6], total: 30_000_000))
    #expect(!isCapped(first: 50e6, then: [2e6], total: 9_000_000))
    #expect(!isCapped(first: 50e6, then: [2e6], total: 6_000_000))
    #expect(!BandwidthCap().isCapped(bytes: 0, firstByte: 0, lastByte: 0))
  }

  /// Two megabytes a second on average, and nothing steady about it.
  @Test func anUnsteadyLineIsNot() {
    #expect(!isCapped(first: 50e6, then: [1.2e6, 6e6], total: 60_000_000))
    #expect(isCapped(first: 50e6, then: [2e6, 2.1e6, 1.9e6, 2.2e6], total: 60_000_000))
  }

  @Test func timesThatStandStillAreNoTrouble() {
    var cap = BandwidthCap()
    for step in 1...100 { cap.receive(bytes: Int64(step) << 20, now: 7) }
    #expect(!cap.isCapped(bytes: 100 << 20, firstByte: 7, lastByte: 7))
  }

  @Test func oneNoteForAll() {
    #expect(BandwidthCap.note(streams: 0) == nil)
    #expect(BandwidthCap.note(streams: 1)?.hasPrefix("bandwidth_capped: 1 stream ran") == true)
    #expect(BandwidthCap.note(streams: 12)?.hasPrefix("bandwidth_capped: 12 streams ran") == true)
  }

  /// The engine asks it of every body, and says nothing of one that is merely fast.
  @Test func aFastBodyIsNotNoted() throws {
    let body = [UInt8](repeating: 7, count: 12 << 20)
    let (result, _) = try EngineHarness.run { _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n"), .bytes(body)]
    }
    #expect(result.counters.ok == 1 && result.counters.bandwidthCapped == 0)
    #expect(!result.notes.contains { $0.hasPrefix(BandwidthCap.name) })
  }

  /// And it does of one that is capped. A busy machine adds to every pause, so shorter ones are tried in turn.
  @Test func aCappedBodyIsNoted() throws {
    let burst = [UInt8](repeating: 7, count: 6 << 20)
    let piece = [UInt8](repeating: 7, count: 100_000)
    let pieces = 43
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(burst.count + pieces * piece.count)\r\n\r\n"
    for pause in [48, 44, 40, 36, 50, 30] {
      var steps: [ScriptedServer.Step] = [.send(head), .bytes(burst)]
      for _ in 0..<pieces { steps += [.wait(milliseconds: pause), .bytes(piece)] }
      let script = steps
      let (result, _) = try EngineHarness.run { _ in script }
      #expect(result.counters.ok == 1 && result.counters.failed == 0)
      if result.counters.bandwidthCapped == 1 {
        #expect(result.notes.contains { $0.hasPrefix("bandwidth_capped: 1 stream ") })
        return
      }
    }
    Issue.record("never seen at about 2 MB/s")
  }
}
