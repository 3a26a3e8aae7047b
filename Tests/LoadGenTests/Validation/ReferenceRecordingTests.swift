import Testing

@testable import LoadGen

/// Bodies that run while their URL has no reference yet share one inflating, and each gets the verdict that it would get alone.
@Suite struct ReferenceRecordingTests {
  static let memory: Int64 = 128 << 20
  static let head = ResponseHead(status: 200, fields: [("Content-Encoding", "gzip")])
  static let valid = GzipFixture.member(GzipFixture.text(60_000)) + GzipFixture.member(GzipFixture.noise(20_000))

  /// A body that arrives bit by bit.
  private final class Arrival {
    let body: [UInt8]
    let transport: TransportOutcome
    let judge: BodyJudge
    private(set) var sent = 0
    private(set) var judgement: BodyJudgement?

    init(_ body: [UInt8], transport: TransportOutcome = .complete, store: ReferenceStore, head: ResponseHead = head) {
      self.body = body
      self.transport = transport
      judge = BodyJudge(options: .init(mode: .compare, expectGzip: false, decodedDigest: true), references: store)
      judge.begin(target: 0, method: "GET", head: head)
    }

    var isOver: Bool { judgement != nil }

    /// Brings so many bytes; the end, when there are none left.
    func bring(_ count: Int) {
      guard !isOver else { return }
      guard sent < body.count else { return judgement = judge.finish(transport: transport) }
      let piece = body[sent..<min(body.count, sent + max(1, count))]
      piece.withUnsafeBytes { judge.receive($0) }
      sent += piece.count
    }
  }

  private func store() -> ReferenceStore { ReferenceStore(targets: 1, memory: Self.memory) }

  @Test func bodiesThatBeginTogetherAreInflatedOnce() throws {
    let store = store()
    let arrivals = (0..<5).map { _ in Arrival(Self.valid, store: store) }
    // None of them holds an inflate state: there is one, the recording's.
    while !arrivals[0].isOver {
      for (index, arrival) in arrivals.enumerated() { arrival.bring(500 + 100 * index) }
      #expect(arrivals.allSatisfy { $0.judge.heldBytes < 1024 })
    }
    for arrival in arrivals { while !arrival.isOver { arrival.bring(10_000) } }
    let judgements = arrivals.compactMap(\.judgement)
    #expect(judgements.allSatisfy { $0.verdict == .valid && $0.bytesDecoded == 80_000 && $0.members == 2 })
    #expect(Set(judgements.map(\.decodedSHA256)).count == 1 && judgements[0].decodedSHA256 != nil)
    // The first to come whole is the reference; the others are its twins.
    #expect(judgements.map(\.treatment).filter { $0 == .full }.count == 1)
    #expect(store.memoryLeft == Self.memory - Reference.memory(wire: Int64(Self.valid.count)))
  }

  @Test func whoIsCutLeavesTheRestToOthers() {
    let store = store()
    let leader = Arrival(Array(Self.valid.prefix(20_000)), transport: .cut, store: store)
    let other = Arrival(Self.valid, store: store)
    for _ in 0..<40 { leader.bring(1000) }
    #expect(leader.judgement?.verdict == .truncated)
    while !other.isOver { other.bring(700) }
    #expect(other.judgement?.verdict == .valid)
    #expect(store.memoryLeft == Self.memory - Reference.memory(wire: Int64(Self.valid.count)))
  }

  @Test func whatNobodyEndsIsNoReference() {
    let store = store()
    let arrivals = [5000, 9000].map { Arrival(Array(Self.valid.prefix($0)), store: store) }
    for arrival in arrivals { while !arrival.isOver { arrival.bring(300) } }
    #expect(arrivals.allSatisfy { $0.judgement?.verdict == .truncated })
    #expect(store.memoryLeft == Self.memory)
    // And the next body is tried again.
    let next = Arrival(Self.valid, store: store)
    while !next.isOver { next.bring(4000) }
    #expect(store.memoryLeft < Self.memory)
  }

  @Test func aBodyOfAnotherLengthIsNotOfTheirs() {
    let store = store()
    let first = Arrival(Self.valid, store: store)
    first.bring(100)
    let other = Arrival(
      Self.valid, store: store,
      head: ResponseHead(
        status: 200, fields: [("Content-Encoding", "gzip"), ("Content-Length", "\(Self.valid.count)")]))
    other.bring(30_000)
    #expect(other.judge.heldBytes > 1024)
    while !other.isOver { other.bring(30_000) }
    #expect(other.judgement?.verdict == .valid && other.judgement?.treatment == .full)
  }

  /// Faults of every kind among valid bodies, in any order of arrival: each is judged as if it were alone.
  @Test(arguments: 0..<60) func eachIsJudgedAsIfAlone(seed: UInt64) {
    var random = GzipFixture.Random(state: seed)
    let store = store()
    let pieces = [1, 7, 100, 5000, 40_000][random.below(5)]
    let arrivals = (0..<6).map { _ in
      let (body, transport) = Self.body(&random)
      return Arrival(body, transport: transport, store: store)
    }
    while let arrival = Self.any(arrivals.filter { !$0.isOver }, &random) {
      for _ in 0..<1 + random.below(2000 / pieces + 2) where !arrival.isOver { arrival.bring(1 + random.below(pieces)) }
    }
    for (number, arrival) in arrivals.enumerated() {
      let alone = BodyJudge(
        options: .init(mode: .full, expectGzip: false, decodedDigest: true),
        references: ReferenceStore(targets: 1, memory: 0))
      let expected = Trial(transport: arrival.transport).run(arrival.body, split: pieces, judge: alone)
      #expect(arrival.judgement?.verdict == expected.verdict, "body \(number)")
      #expect(arrival.judgement?.members == expected.members, "body \(number)")
      #expect(arrival.judgement?.decodedSHA256 == expected.decodedSHA256, "body \(number)")
      // Of a body that is not whole the count is an estimate once there is a reference.
      guard expected.verdict == .valid else { continue }
      #expect(arrival.judgement?.bytesDecoded == expected.bytesDecoded, "body \(number)")
    }
  }

  private static func any(_ arrivals: [Arrival], _ random: inout GzipFixture.Random) -> Arrival? {
    arrivals.isEmpty ? nil : arrivals[random.below(arrivals.count)]
  }

  /// The valid body, or one with a fault.
  private static func body(_ random: inout GzipFixture.Random) -> ([UInt8], TransportOutcome) {
    let place = 1 + random.below(valid.count - 1)
    switch random.below(8) {
    case 0: return (Array(valid.prefix(place)), .cut)
    case 1: return (Array(valid.prefix(place)), .complete)
    case 2: return (valid.prefix(place) + VerdictTableTests.marker, .complete)
    case 3: return (valid + VerdictTableTests.marker, .complete)
    case 4: return (valid + [0], .complete)
    case 5:
      // In the last member, whose bytes are stored as they are: zlib and ISA-L see the same fault.
      var broken = valid
      broken[valid.count - 1 - random.below(8)] ^= 1
      return (broken, .complete)
    case 6: return (GzipFixture.member(GzipFixture.text(9000, seed: random.next())), .complete)
    default: return (valid, .complete)
    }
  }
}
