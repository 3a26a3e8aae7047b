import Testing

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What validation costs: printed, never judged, and only when asked for (`GZTOP_MEASURE=1`, release build).
@Suite(.serialized, .enabled(if: getenv("GZTOP_MEASURE") != nil)) struct ValidationSpeedTests {
  private func report(_ name: String, _ bytes: Int, rounds: Int, _ body: () -> Void) {
    body()
    let elapsed = ContinuousClock().measure { for _ in 0..<rounds { body() } }
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    let rate = Double(bytes * rounds) / seconds / 1e6
    print("measured \(name): \(Int(rate)) MB/s of wire, \(Int(seconds * 1e9 / Double(rounds))) ns a body")
  }

  private func validate(_ body: [UInt8], _ engine: InflateStream.Engine, _ pool: InflatePool) {
    var validator = GzipStreamValidator(engine: engine)
    body.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: 128 << 10) {
        validator.receive(
          UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + (128 << 10))]), pool: pool)
      }
    }
    #expect(validator.verdict == .valid)
  }

  @Test(arguments: [(32 << 20, 3), (64 << 10, 300), (4 << 10, 3000)])
  func megabytesOfWireASecond(text: Int, rounds: Int) {
    let body = GzipFixture.member(GzipFixture.text(text))
    let pool = InflatePool()
    print("measured \(text) bytes of text, \(body.count) of wire")
    report("ISA-L", body.count, rounds: rounds) { validate(body, .isal, pool) }
    report("zlib", body.count, rounds: rounds) { validate(body, .zlib, pool) }
    let full = BodyJudge.fresh(.full)
    report("judge, full", body.count, rounds: rounds) { _ = Trial().run(body, split: 128 << 10, judge: full) }
    let compare = BodyJudge.fresh(.compare)
    report("judge, compare", body.count, rounds: rounds * 20) {
      _ = Trial().run(body, split: 128 << 10, judge: compare)
    }
    let frame = BodyJudge.fresh(.frame)
    report("judge, frame", body.count, rounds: rounds * 20) { _ = Trial().run(body, split: 128 << 10, judge: frame) }
  }
}
