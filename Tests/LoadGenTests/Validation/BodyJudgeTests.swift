import Testing

@testable import LoadGen

/// Which bodies are judged, and what the head has to say in it.
@Suite struct BodyJudgeTests {
  static let text = GzipFixture.text(5000)
  static let gzip = GzipFixture.member(text)

  private func verdict(
    _ body: [UInt8], status: Int = 200, method: String = "GET", _ fields: [(String, String)] = [],
    expectGzip: Bool = false
  ) -> Verdict {
    Trial(status: status, fields: fields, method: method).run(body, split: 1000, expectGzip: expectGzip).verdict
  }

  @Test(arguments: [100, 204, 205, 206, 301, 304, 404, 416, 500, 502]) func otherStatusesAreUnchecked(status: Int) {
    #expect(verdict(Array("junk".utf8), status: status, [("content-encoding", "gzip")]) == .unchecked)
  }

  @Test(arguments: [200, 201, 203]) func successIsJudged(status: Int) {
    #expect(verdict(Array("junk".utf8), status: status, [("content-encoding", "gzip")]) == .notGzip)
  }

  @Test func headHasNoBody() {
    #expect(verdict([], method: "HEAD", [("content-encoding", "gzip")]) == .unchecked)
  }

  @Test(arguments: [
    ("gzip", true), ("x-gzip", true), ("GZIP", true), ("br, gzip", true), ("gzip, identity", true), (" gzip\t", true),
    ("gzip, br", false), ("br", false), ("identity", false), ("", false),
  ])
  func theOutermostCodingCounts(value: String, claims: Bool) {
    #expect(verdict(Array("junk".utf8), [("Content-Encoding", value)]) == (claims ? .notGzip : .unchecked))
  }

  @Test func laterFieldsOfTheSameNameGoOn() {
    #expect(verdict([1], [("Content-Encoding", "gzip"), ("content-encoding", "br")]) == .unchecked)
    #expect(verdict([1], [("Content-Encoding", "br"), ("content-encoding", "gzip")]) == .notGzip)
  }

  @Test func gzipWithoutAHeaderIsJudgedAsOpaque() {
    #expect(verdict(Self.gzip) == .valid)
    #expect(verdict(Array(Self.gzip.dropLast(3))) == .truncated)
    #expect(verdict([0x1f]) == .unchecked)
  }

  @Test func aPlainBodyIsUnchecked() {
    let judgement = Trial(fields: []).run(Self.text)
    #expect(judgement.verdict == .unchecked)
    #expect(judgement.treatment == .frame)
  }

  @Test(arguments: ["x-amzn-remapped-content-length", "X-GzProxy-Content-Length"])
  func aShorterOriginalLengthTellsOfDecoding(name: String) {
    #expect(verdict(Self.text, [(name, "\(Self.gzip.count)")]) == .decodedOnTheWay)
    #expect(verdict(Self.text, [(name, "\(Self.text.count)")]) == .unchecked)
    #expect(verdict(Self.text, [(name, "-1")]) == .unchecked)
    #expect(verdict(Self.text, [(name, "many")]) == .unchecked)
  }

  @Test func expectingGzipTellsOfDecoding() {
    #expect(verdict(Self.text, expectGzip: true) == .decodedOnTheWay)
    #expect(verdict(Self.gzip, expectGzip: true) == .valid)
    #expect(verdict([], expectGzip: true) == .empty)
  }

  @Test(arguments: [ValidationMode.full, .compare]) func aURLThatOnceServedGzipTellsOfDecoding(mode: ValidationMode) {
    let judge = BodyJudge.fresh(mode, targets: 2)
    let plain = Trial(fields: [])
    #expect(plain.run(Self.text, split: 100, judge: judge).verdict == .unchecked)
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).verdict == .valid)
    #expect(plain.run(Self.text, split: 100, judge: judge).verdict == .decodedOnTheWay)
    #expect(plain.run(Self.text, split: 100, judge: judge, target: 1).verdict == .unchecked)
  }

  @Test func disguisesAreSeenWithoutAHeaderToo() {
    #expect(verdict(Array("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==".utf8)) == .base64Text)
    let prelude = Array(#"{"statusCode":200}"#.utf8) + [UInt8](repeating: 0, count: 8)
    #expect(verdict(prelude + Self.gzip) == .preludeLeaked)
    #expect(verdict(VerdictTableTests.marker) == .unchecked)
  }

  @Test func theLayersAreKeptApart() {
    for transport in [TransportOutcome.cut, .reset, .stalled, .timeout, .complete] {
      let half = Trial(transport: transport).run(Array(Self.gzip.prefix(500)), split: 100, judge: .fresh(.full))
      #expect(half.verdict == .truncated)
      #expect(Trial(transport: transport).run(Self.gzip, split: 100, judge: .fresh(.full)).verdict == .valid)
    }
  }

  @Test func whatWeCutOurselvesProvesNothing() {
    for mode in [ValidationMode.full, .compare] {
      let trial = Trial(transport: .cutByDeadline)
      #expect(trial.run(Array(Self.gzip.prefix(500)), split: 100, judge: .fresh(mode)).verdict == .unchecked)
      #expect(trial.run([], split: 100, judge: .fresh(mode)).verdict == .unchecked)
      #expect(trial.run(Array("junk".utf8), split: 1, judge: .fresh(mode)).verdict == .unchecked)
      #expect(trial.run(Self.gzip, split: 100, judge: .fresh(mode)).verdict == .valid)
    }
  }

  @Test func countsAreExact() {
    for mode in [ValidationMode.full, .compare] {
      let judgement = Trial().run(Self.gzip, split: 77, mode: mode)
      #expect(judgement.bytesWire == Int64(Self.gzip.count))
      #expect(judgement.bytesDecoded == Int64(Self.text.count))
      #expect(judgement.treatment == .full)
    }
  }

  /// What has no body got no treatment.
  @Test func withoutABodyThereIsNothingToTreat() {
    for mode in [ValidationMode.full, .compare, .frame] {
      #expect(Trial(method: "HEAD").run([], mode: mode).treatment == .off)
      #expect(Trial(status: 502).run([], mode: mode).treatment == .off)
      #expect(Trial(status: 502).run(Array("bad".utf8), mode: mode).treatment == .frame)
    }
  }

  /// Whole members of what came, in whichever way it was judged; of what is no gzip nobody knows any.
  @Test func membersAreCounted() {
    let two = Self.gzip + GzipFixture.member(GzipFixture.text(300, seed: 9))
    for (body, count) in [(Self.gzip, 1), (two, 2), (Array(two.dropLast(3)), 1), (Array(Self.gzip.dropLast(3)), 0)] {
      #expect(Trial().run(body, split: 77).members == count)
      let compared = Trial().run(body, after: two, split: 77)
      #expect(compared.members == count && compared.treatment == .compared)
    }
    #expect(Trial().run(Self.text).members == nil)
    #expect(Trial(fields: []).run(Self.text).members == nil)
    for mode in [ValidationMode.frame, .off] { #expect(Trial().run(Self.gzip, mode: mode).members == nil) }
  }

  @Test func frameAndOffCountBytesOnly() {
    for (mode, treatment) in [(ValidationMode.frame, Treatment.frame), (.off, .off)] {
      let judgement = Trial().run(Array("junk".utf8), split: 1, mode: mode)
      #expect(judgement.verdict == .unchecked)
      #expect(judgement.treatment == treatment)
      #expect(judgement.bytesWire == 4)
      #expect(judgement.bytesDecoded == 0)
    }
  }

  @Test func theEdgesAreKeptAtEverySplit() {
    let body = (0..<1000).map { UInt8(truncatingIfNeeded: $0) }
    for count in [0, 1, 15, 16, 17, 255, 256, 257, 1000] {
      for split in [1, 5, 16, 300, 1000] {
        let judge = BodyJudge.fresh(.off)
        _ = Trial().run(Array(body.prefix(count)), split: split, judge: judge)
        #expect(judge.bodyHead == Array(body.prefix(min(256, count))))
        #expect(judge.bodyTail == Array(body.prefix(count).suffix(16)))
      }
    }
  }

  @Test func theDigestIsOfTheWire() {
    let options = BodyJudge.Options(mode: .compare, expectGzip: false, digest: true)
    let judge = BodyJudge(options: options, references: ReferenceStore(targets: 1, memory: 1 << 20))
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(Trial().run(Array("abc".utf8), split: 1, judge: judge).sha256 == abc)
    #expect(Trial().run(Array("abc".utf8), split: 3, judge: judge).sha256 == abc)
    #expect(Trial().run(Array("abc".utf8)).sha256 == nil)
  }

  private static let longText = GzipFixture.text(40_000)

  private func digesting(_ mode: ValidationMode) -> BodyJudge {
    BodyJudge(
      options: .init(mode: mode, expectGzip: false, decodedDigest: true),
      references: ReferenceStore(targets: 1, memory: 8 << 20))
  }

  /// Of the inflated bytes, in both modes, at any split, whoever inflated them.
  @Test(arguments: [1, 100, 4000, 1_000_000]) func theDecodedDigestIsOfTheText(split: Int) {
    let body = GzipFixture.member(Self.longText)
    let full = digesting(.full)
    let compare = digesting(.compare)
    for round in 0..<3 {
      for judge in [full, compare] {
        let judgement = Trial().run(body, split: split, judge: judge)
        #expect(judgement.decodedSHA256 == Self.digest(Self.longText), "round \(round)")
      }
    }
    // One that differs from the reference in its middle, and is as good.
    let other = Array(Self.longText.prefix(20_000)) + GzipFixture.text(20_000, seed: 5)
    for judge in [full, compare] {
      let judgement = Trial().run(GzipFixture.member(other, level: 0), split: split, judge: judge)
      #expect(judgement.verdict == .valid && judgement.decodedSHA256 == Self.digest(other))
    }
  }

  /// A body that is whole where a member of the reference ends.
  @Test func theDecodedDigestOfABeginning() {
    let first = GzipFixture.text(3000, seed: 2)
    let both = GzipFixture.member(first) + GzipFixture.member(Self.longText)
    let judge = digesting(.compare)
    #expect(Trial().run(both, split: 500, judge: judge).decodedSHA256 == Self.digest(first + Self.longText))
    let short = Trial().run(GzipFixture.member(first), split: 500, judge: judge)
    #expect(short.treatment == .compared && short.decodedSHA256 == Self.digest(first))
  }

  @Test func onlyAWholeBodyHasADecodedDigest() {
    let body = GzipFixture.member(Self.longText)
    for mode in [ValidationMode.full, .compare] {
      let judge = digesting(mode)
      #expect(Trial().run(body, split: 999, judge: judge).decodedSHA256 != nil)
      #expect(Trial().run(Array(body.dropLast()), split: 999, judge: judge).decodedSHA256 == nil)
      #expect(Trial(fields: []).run(Array("plain".utf8), split: 9, judge: judge).decodedSHA256 == nil)
    }
    #expect(Trial().run(body).decodedSHA256 == nil)
  }

  /// By the wire's own digest, which `theDigestIsOfTheWire` holds against a known one.
  private static func digest(_ bytes: [UInt8]) -> String? {
    let judge = BodyJudge(
      options: .init(mode: .off, expectGzip: false, digest: true), references: ReferenceStore(targets: 1, memory: 0))
    return Trial(fields: []).run(bytes, split: 4096, judge: judge).sha256
  }

  @Test func aBodyNeverFinishedIsForgotten() {
    let store = ReferenceStore(targets: 1, memory: 1 << 20)
    let judge = BodyJudge(options: .init(mode: .compare, expectGzip: false, digest: false), references: store)
    let head = ResponseHead(status: 200, fields: [("content-encoding", "gzip")])
    judge.begin(target: 0, method: "GET", head: head)
    Self.gzip.withUnsafeBytes { judge.receive(UnsafeRawBufferPointer(rebasing: $0.prefix(300))) }
    #expect(Trial().run(Self.gzip, split: 100, judge: judge).verdict == .valid)
    #expect(store.memoryLeft == (1 << 20) - Reference.memory(wire: Int64(Self.gzip.count)))
  }
}
