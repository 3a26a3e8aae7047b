import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

@Suite struct ReferenceStoreTests {
  static let text = GzipFixture.text(30_000)
  static let gzip = GzipFixture.member(text)

  private func judge(_ store: ReferenceStore) -> BodyJudge {
    BodyJudge(options: .init(mode: .compare, expectGzip: false, digest: false), references: store)
  }

  @Test func theFirstBodyIsInflatedAndTheNextCompared() {
    let store = ReferenceStore(targets: 1, memory: 128 << 20)
    let judge = judge(store)
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).treatment == .full)
    #expect(store.memoryLeft == (128 << 20) - Reference.memory(wire: Int64(Self.gzip.count)))
    let head = ResponseHead(status: 200, fields: [("content-encoding", "gzip")])
    judge.begin(target: 0, method: "GET", head: head)
    #expect(judge.referenceLength == Int64(Self.gzip.count))
    Self.gzip.withUnsafeBytes { judge.receive(UnsafeRawBufferPointer(rebasing: $0.prefix($0.count / 2))) }
    #expect(abs(judge.bytesDecoded - Int64(Self.text.count / 2)) < 100)
    #expect(judge.heldBytes < 1024)
    Self.gzip.withUnsafeBytes { judge.receive(UnsafeRawBufferPointer(rebasing: $0.suffix(from: $0.count / 2))) }
    let judgement = judge.finish(transport: .complete)
    #expect(judgement.verdict == .valid)
    #expect(judgement.treatment == .compared)
    #expect(judgement.bytesDecoded == Int64(Self.text.count))
    #expect(store.notes(targets: ["u"]).isEmpty)
  }

  @Test func onlyAWholeValidBodyBecomesAReference() {
    let store = ReferenceStore(targets: 1, memory: 128 << 20)
    let judge = judge(store)
    _ = Trial().run(Array(Self.gzip.dropLast()), split: 100, judge: judge)
    _ = Trial(transport: .cut).run(Self.gzip, split: 100, judge: judge)
    _ = Trial(fields: []).run(Array("text".utf8), split: 100, judge: judge)
    _ = Trial(status: 500).run(Self.gzip, split: 100, judge: judge)
    #expect(store.memoryLeft == 128 << 20)
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).treatment == .full)
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).treatment == .compared)
  }

  @Test func aURLWhoseBodiesDifferEachTimeIsGivenUp() {
    let store = ReferenceStore(targets: 2, memory: 128 << 20)
    let judge = judge(store)
    for number in 0...ReferenceStore.differencesAllowed {
      #expect(store.notes(targets: ["first", "second"]).isEmpty)
      let body = GzipFixture.member(GzipFixture.text(2000, seed: UInt64(number)))
      #expect(Trial().run(body, split: 100, judge: judge).verdict == .valid)
    }
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).treatment == .full)
    let notes = store.notes(targets: ["first", "second"])
    #expect(notes.count == 1)
    #expect(notes.first?.contains("first differ each time") == true)
    #expect(store.memoryLeft == 128 << 20)
  }

  @Test func aTwinForgivesDifferences() {
    let store = ReferenceStore(targets: 1, memory: 128 << 20)
    let judge = judge(store)
    for number in 0..<3 * ReferenceStore.differencesAllowed {
      _ = Trial().run(Self.gzip, split: 100, judge: judge)
      _ = Trial().run(GzipFixture.member(GzipFixture.text(500, seed: UInt64(number))), split: 100, judge: judge)
      _ = Trial().run(Array(Self.gzip.dropLast()), split: 100, judge: judge)
    }
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).treatment == .compared)
  }

  @Test func theMemoryIsALimit() {
    let store = ReferenceStore(targets: 3, memory: 70_000)
    let judge = judge(store)
    let small = GzipFixture.member(GzipFixture.noise(20_000))
    let large = GzipFixture.member(GzipFixture.noise(90_000))
    _ = Trial().run(small, split: 5000, judge: judge, target: 0)
    #expect(store.memoryLeft == 70_000 - Reference.memory(wire: Int64(small.count)))
    let left = store.memoryLeft
    for _ in 0..<5 { #expect(Trial().run(large, split: 5000, judge: judge, target: 1).treatment == .full) }
    #expect(store.memoryLeft == left)
    let notes = store.notes(targets: ["small", "large"])
    #expect(notes.count == 1 && notes.first?.contains("--reference-memory") == true, "\(notes)")
    // One line, however many are without.
    _ = Trial().run(large, split: 5000, judge: judge, target: 2)
    #expect(store.notes(targets: ["small", "large", "larger"]).map { $0.contains("of large and 1 more (") } == [true])
    #expect(Trial().run(small, split: 5000, judge: judge, target: 0).treatment == .compared)
    #expect(Trial().run(small, split: 5000, judge: judge, target: 7).verdict == .valid)
  }

  @Test func aRecordingThatOutgrowsTheMemoryIsNotTriedForever() {
    let store = ReferenceStore(targets: 1, memory: 70_000)
    let judge = judge(store)
    let large = GzipFixture.member(GzipFixture.noise(90_000))
    for _ in 0..<ReferenceStore.attemptsAllowed {
      #expect(store.notes(targets: ["u"]).isEmpty)
      #expect(Trial().run(large, split: 5000, judge: judge).verdict == .valid)
    }
    #expect(store.notes(targets: ["u"]).count == 1)
    #expect(Trial().run(Self.gzip, split: 5000, judge: judge).treatment == .full)
    #expect(store.memoryLeft == 70_000)
  }

  @Test func aDeclaredLengthIsWhatIsSetAside() {
    let store = ReferenceStore(targets: 1, memory: 128 << 20)
    let judge = judge(store)
    let fields = [("Content-Encoding", "gzip"), ("Content-Length", "\(Self.gzip.count)")]
    judge.begin(target: 0, method: "GET", head: ResponseHead(status: 200, fields: fields))
    #expect(store.memoryLeft == (128 << 20) - Reference.memory(wire: Int64(Self.gzip.count)))
    Self.gzip.withUnsafeBytes { judge.receive($0) }
    _ = judge.finish(transport: .complete)
    #expect(Trial(fields: fields).run(Self.gzip, split: 10_000, judge: judge).treatment == .compared)
  }

  @Test func manyMembersOrAMarkerInsideAreNoReference() {
    let tiny = GzipFixture.member([])
    let many = [[UInt8]](repeating: tiny, count: GzipStreamValidator.memberEndLimit + 1).flatMap { $0 }
    let quoted = GzipFixture.member(VerdictTableTests.marker + [0], level: 0)
    for body in [many, quoted] {
      let store = ReferenceStore(targets: 1, memory: 128 << 20)
      let judge = judge(store)
      for _ in 0..<3 {
        let judgement = Trial().run(body, split: 1000, judge: judge)
        #expect(judgement.verdict == .valid)
        #expect(judgement.treatment == .full)
      }
      #expect(store.memoryLeft == 128 << 20)
    }
  }

  @Test func budgetArithmeticIsItsOwnInverse() {
    let segment = Int64(Reference.segmentBytes)
    for wire in [1, 1000, segment - 1, segment, segment + 1, 7 * segment + 12_345, Reference.wireLimit] {
      #expect(Reference.wire(memory: Reference.memory(wire: wire)) == wire)
      #expect(Reference.wire(memory: Reference.memory(wire: wire) - 1) < wire)
    }
    #expect(Reference.wire(memory: .max) == Reference.wireLimit)
    #expect(Reference.wire(memory: 0) == 0)
  }

  /// Several threads begin, record, compare, differ and give up at once; nothing is lost and every verdict is right.
  @Test func threadsShareOneStore() {
    let store = ReferenceStore(targets: 3, memory: 140 << 20)
    let wrong = Mutex(0)
    let bodies = (0..<3).map { GzipFixture.member(GzipFixture.text(20_000 + $0)) }
    let broken = bodies.map { Array($0.prefix(3000)) + [0xff, 0x00, 0xff, 0x00] + $0.dropFirst(3004) }
    let threads = (0..<4).compactMap { number in
      PlainThread.start(name: "judge \(number)") {
        let judge = BodyJudge(
          options: .init(mode: .compare, expectGzip: false, digest: false), references: store)
        for round in 0..<60 {
          let target = (round + number) % 3
          let isBroken = round % 4 == 3
          let judgement = Trial().run(
            isBroken ? broken[target] : bodies[target], split: 700, judge: judge, target: target)
          if (judgement.verdict == .valid) == isBroken { wrong.withLock { $0 += 1 } }
        }
      }
    }
    #expect(threads.count == 4)
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == 0)
    let kept = bodies.reduce(Int64(0)) { $0 + Reference.memory(wire: Int64($1.count)) }
    #expect(store.memoryLeft == (140 << 20) - kept)
  }
}
