import Testing

@testable import LoadGen

/// ISA-L against zlib, what a stream holds, and what happens when the two disagree.
@Suite struct EngineTests {
  private func validate(
    _ body: [UInt8], _ engine: InflateStream.Engine, split: Int, pool: InflatePool
  ) -> GzipStreamValidator {
    var validator = GzipStreamValidator(engine: engine)
    body.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: split) {
        validator.receive(
          UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + split)]), pool: pool)
      }
    }
    return validator
  }

  private func randomBody(_ random: inout GzipFixture.Random) -> [UInt8] {
    let text =
      random.below(4) == 0
      ? GzipFixture.noise(random.below(3000), seed: random.next())
      : GzipFixture.text(random.below(6000), seed: random.next())
    let level = Int32(random.below(10))
    let strategy = Int32([0, 0, 0, 2, 4][random.below(5)])
    return GzipFixture.member(text, level: level, strategy: strategy)
  }

  private func mutate(_ body: inout [UInt8], _ random: inout GzipFixture.Random) {
    for _ in 0..<random.below(4) {
      switch random.below(4) {
      case 0: body.removeLast(random.below(body.count))
      case 1: body.insert(UInt8(truncatingIfNeeded: random.next()), at: random.below(body.count))
      case 2: body.append(contentsOf: body.prefix(random.below(body.count)))
      default: if !body.isEmpty { body[random.below(body.count)] ^= 1 << UInt8(random.below(8)) }
      }
    }
  }

  /// Where zlib accepts, ISA-L must, with the same count of bytes; where ISA-L accepts, zlib does too, but for code
  /// tables that no byte of the content uses (Docs/decisions/003).
  @Test func mutatedBodiesAreJudgedLikeZlibDoes() {
    var random = GzipFixture.Random(state: 2026)
    let pool = InflatePool()
    var accepted = 0
    var lax = 0
    for round in 0..<600 {
      var body = randomBody(&random) + (random.below(3) == 0 ? randomBody(&random) : [])
      mutate(&body, &random)
      let zlib = validate(body, .zlib, split: max(1, body.count), pool: pool)
      for split in [1 + random.below(50), 1 + random.below(3000), max(1, body.count)] {
        let fast = validate(body, .fastest, split: split, pool: pool)
        if zlib.verdict == .valid {
          accepted += 1
          #expect(fast.verdict == .valid && fast.decoded == zlib.decoded, "round \(round) split \(split)")
        } else if fast.verdict == .valid {
          lax += 1
        }
        #expect(validate(body, .zlib, split: split, pool: pool).verdict == zlib.verdict, "round \(round)")
        var confirming = Trial()
        confirming.fields = []
        if body.count <= RetainedPrefix.limit, zlib.isGzip, fast.verdict.isInvalid {
          #expect(confirming.run(body, split: split).verdict == zlib.verdict, "round \(round) split \(split)")
        }
      }
    }
    #expect(accepted > 300)
    #expect(lax <= 3)
  }

  @Test func aStreamHoldsLessThan100KiB() {
    let judge = BodyJudge.fresh(.full)
    let body = GzipFixture.member(GzipFixture.text(200_000))
    judge.begin(target: 0, method: "GET", head: ResponseHead(status: 200, fields: [("content-encoding", "gzip")]))
    var peak = 0
    body.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: 500) {
        judge.receive(UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + 500)]))
        peak = max(peak, judge.heldBytes)
      }
    }
    #expect(peak <= 100 * 1024)
    #expect(peak > 32 * 1024)
    #expect(judge.finish(transport: .complete).verdict == .valid)
    #expect(judge.heldBytes < 1024)
  }

  @Test func everyStateComesBack() {
    let pool = InflatePool.ofThread()
    let (created, taken) = (pool.created, pool.taken)
    let valid = GzipFixture.member(GzipFixture.text(3000))
    let judges = (0..<5).map { _ in BodyJudge.fresh(.full) }
    let head = ResponseHead(status: 200, fields: [("content-encoding", "gzip")])
    for judge in judges {
      judge.begin(target: 0, method: "GET", head: head)
      valid.withUnsafeBytes { judge.receive(UnsafeRawBufferPointer(rebasing: $0.prefix(400))) }
    }
    #expect(pool.taken == taken + 5)
    for judge in judges { _ = judge.finish(transport: .cut) }
    #expect(pool.taken == taken)
    for fault in VerdictTableTests.faults {
      _ = Trial().run(fault.body, split: 1000)
      _ = Trial().run(fault.body, after: VerdictTableTests.valid, split: 1000)
    }
    #expect(pool.taken == taken)
    #expect(pool.created <= created + 5 + 2)
  }

  @Test func aWholeBodyInOnePieceUsesOneState() {
    let pool = InflatePool()
    let body = GzipFixture.member(GzipFixture.text(3000))
    for _ in 0..<50 { #expect(validate(body, .fastest, split: body.count, pool: pool).verdict == .valid) }
    #expect(pool.created == 1)
    #expect(pool.taken == 0)
  }

  /// Past the retained beginning a rejection rests on ISA-L alone, once: from the next body on zlib judges.
  @Test(.enabled(if: InflateStream.Engine.fastest == .isal))
  func aRejectionThatCannotBeConfirmedSaysSo() {
    let judge = BodyJudge.fresh(.full)
    let valid = GzipFixture.member(GzipFixture.noise(50_000))
    let broken = GzipFixture.member(GzipFixture.noise(50_000), crcXor: 1)
    #expect(Trial().run(valid, split: 4000, judge: judge).confirmed)
    let first = Trial().run(broken, split: 4000, judge: judge)
    #expect(first.verdict == .corruptCRC)
    #expect(!first.confirmed)
    #expect(Advice.text(judgement: first).contains("zlib could not confirm it"))
    let second = Trial().run(broken, split: 4000, judge: judge)
    #expect(second.verdict == .corruptCRC)
    #expect(second.confirmed)
    #expect(Advice.text(judgement: second) == Advice.text(verdict: .corruptCRC))
  }

  @Test(.enabled(if: InflateStream.Engine.fastest == .isal))
  func aCutTransportExplainsACutBody() {
    let half = Array(GzipFixture.member(GzipFixture.noise(50_000)).prefix(30_000))
    #expect(Trial(transport: .cut).run(half, split: 4000, judge: .fresh(.full)).confirmed)
    #expect(!Trial().run(half, split: 4000, judge: .fresh(.full)).confirmed)
    #expect(Trial().run(Array(half.prefix(12_000)), split: 4000, judge: .fresh(.full)).confirmed)
  }

  @Test func highRatiosAndManyMembersAreCounted() {
    var validator = GzipStreamValidator(engine: .fastest)
    let body = GzipFixture.member([UInt8](repeating: 0, count: 3 << 20), level: 9)
    let pool = InflatePool()
    for _ in 0..<20 { body.withUnsafeBytes { validator.receive($0, pool: pool) } }
    #expect(validator.decoded == 60 << 20)
    #expect(validator.members == 20)
    #expect(validator.verdict == .valid)
  }
}
