import Testing

@testable import LoadGen

/// Every fault by name, with the verdict it deserves: judged in `full`, and in `compare` after the valid body was seen.
@Suite struct VerdictTableTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    var name: String
    var body: [UInt8]
    var verdict: Verdict
    var testDescription: String { name }
  }

  static let text = GzipFixture.text(16_000)
  static let valid = GzipFixture.member(text)
  static let marker = Array("Lambda-Runtime-Function-Error-Type:Runtime.StreamError\r\n".utf8)
  static let splits = [1, 7, 4096, Int.max]

  static let faults: [Fault] = {
    let half = Array(valid.prefix(valid.count / 2))
    let small = GzipFixture.member(Array("small".utf8))
    let empty = GzipFixture.member([])
    let prelude = Array(#"{"statusCode":200,"headers":{},"cookies":[]}"#.utf8) + [UInt8](repeating: 0, count: 8)
    return [
      Fault(name: "none", body: valid, verdict: .valid),
      Fault(name: "no bytes", body: [], verdict: .empty),
      Fault(name: "crc", body: GzipFixture.member(text, crcXor: 1), verdict: .corruptCRC),
      Fault(name: "crc high byte", body: GzipFixture.member(text, crcXor: 1 << 31), verdict: .corruptCRC),
      Fault(name: "isize", body: GzipFixture.member(text, lengthXor: 1), verdict: .corruptLength),
      Fault(name: "isize high byte", body: GzipFixture.member(text, lengthXor: 1 << 31), verdict: .corruptLength),
      Fault(name: "truncate", body: half, verdict: .truncated),
      Fault(name: "no trailer", body: Array(valid.dropLast(8)), verdict: .truncated),
      Fault(name: "one byte missing", body: Array(valid.dropLast()), verdict: .truncated),
      Fault(name: "one byte", body: [0x1f], verdict: .truncated),
      Fault(name: "magic only", body: [0x1f, 0x8b], verdict: .truncated),
      Fault(name: "header only", body: GzipFixture.plainHeader, verdict: .truncated),
      Fault(name: "method", body: [0x1f, 0x8b, 9] + valid.dropFirst(3), verdict: .corruptData),
      Fault(name: "trailing text", body: valid + Array("more".utf8), verdict: .trailingData),
      Fault(name: "trailing zero", body: valid + [0], verdict: .trailingData),
      Fault(name: "zero padding", body: valid + [UInt8](repeating: 0, count: 1000), verdict: .trailingData),
      Fault(name: "trailing half magic", body: valid + [0x1f, 0x00], verdict: .trailingData),
      Fault(name: "second member begun", body: valid + [0x1f], verdict: .truncated),
      Fault(name: "second member cut", body: valid + valid.prefix(100), verdict: .truncated),
      Fault(name: "two members", body: valid + small, verdict: .valid),
      Fault(name: "three members", body: small + valid + small, verdict: .valid),
      Fault(name: "empty member", body: empty, verdict: .valid),
      Fault(name: "empty members around", body: empty + valid + empty, verdict: .valid),
      Fault(name: "second member's crc", body: valid + GzipFixture.member(text, crcXor: 4), verdict: .corruptCRC),
      Fault(name: "second member's method", body: valid + [0x1f, 0x8b, 0], verdict: .corruptData),
      Fault(name: "stored", body: GzipFixture.member(text, level: 0), verdict: .valid),
      Fault(name: "fixed codes", body: GzipFixture.member(text, strategy: 4), verdict: .valid),
      Fault(name: "bytes lost", body: Array(valid.prefix(1000) + valid.dropFirst(1100)), verdict: .corruptData),
      Fault(name: "not gzip", body: Array("plain text".utf8), verdict: .notGzip),
      Fault(name: "json error", body: Array(#"{"errorMessage":"x"}"#.utf8), verdict: .notGzip),
      Fault(name: "half magic", body: [0x1f, 0x61], verdict: .notGzip),
      Fault(name: "base64", body: Array("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==".utf8), verdict: .base64Text),
      Fault(name: "base64 in quotes", body: Array("\"H4sIAAAAAAAAA8tIzcnJBwCGphA2\"".utf8), verdict: .base64Text),
      Fault(name: "not quite base64", body: Array("H4sI <html>".utf8), verdict: .notGzip),
      Fault(name: "prelude", body: prelude + valid, verdict: .preludeLeaked),
      Fault(name: "seven NULs", body: prelude.dropLast() + valid, verdict: .notGzip),
      Fault(name: "error after whole gzip", body: valid + marker, verdict: .inBandError),
      Fault(name: "error after cut gzip", body: half + marker, verdict: .inBandError),
      Fault(name: "error after the header", body: GzipFixture.plainHeader + marker, verdict: .inBandError),
      Fault(name: "error at the start", body: marker, verdict: .inBandError),
      Fault(name: "half an error", body: valid + marker.prefix(20), verdict: .trailingData),
    ]
  }()

  @Test(arguments: faults) func fullSaysWhatItIs(fault: Fault) {
    for split in Self.splits {
      #expect(Trial().run(fault.body, split: split).verdict == fault.verdict, "split \(split)")
    }
  }

  @Test(arguments: faults) func zlibSaysTheSame(fault: Fault) {
    for split in Self.splits where fault.verdict != .empty {
      #expect(zlibVerdict(fault.body, split: split) == gzipVerdict(fault), "split \(split)")
    }
  }

  @Test(arguments: faults) func compareSaysWhatFullSays(fault: Fault) {
    for split in Self.splits {
      let compared = Trial().run(fault.body, after: Self.valid, split: split)
      #expect(compared.verdict == fault.verdict, "split \(split)")
      #expect(compared.treatment == (fault.verdict == .empty ? .frame : .compared))
      #expect(compared.confirmed)
    }
  }

  /// Every position of a small body: cut there, a bit flipped there, an error written there.
  @Test func everyPositionOfASmallBody() {
    let first = GzipFixture.member(GzipFixture.text(300))
    let valid = first + GzipFixture.member(Array("second".utf8))
    let firstEnd = first.count
    for position in 1..<valid.count {
      let cut = Array(valid.prefix(position))
      let expected = position == firstEnd ? Verdict.valid : .truncated
      expectBoth(cut, expected, after: valid, "cut at \(position)")
      expectBoth(cut + Self.marker, .inBandError, after: valid, "error at \(position)")
    }
  }

  /// Against zlib alone, which says what is right: the flip is in the header, in the data (where it may hit the padding
  /// of the last byte, which is nobody's), or in the trailer.
  @Test func aBitFlippedAnywhereIsFoundAndJudgedAlike() {
    let text = GzipFixture.text(1500)
    let valid = GzipFixture.member(text)
    for bit in stride(from: 0, to: valid.count * 8, by: 5) {
      var broken = valid
      broken[bit / 8] ^= 1 << UInt8(bit % 8)
      let full = Trial().run(broken).verdict
      let isIgnored = (4..<10).contains(bit / 8) || bit == 3 * 8
      #expect(full.isInvalid || isIgnored || GzipFixture.isSame(broken, as: text), "bit \(bit)")
      for split in [29, 200, Int.max] {
        #expect(Trial().run(broken, split: split).verdict == full, "bit \(bit) split \(split)")
        #expect(Trial().run(broken, after: valid, split: split).verdict == full, "bit \(bit) split \(split)")
      }
    }
  }

  /// Faults on both sides of checkpoints and pieces, in a body of more than three MiB of wire bytes.
  @Test func faultsInALongBody() {
    let valid = GzipFixture.member(GzipFixture.noise(2_200_000), level: 1) + GzipFixture.member(GzipFixture.noise(1_100_000))
    let MiB = Reference.segmentBytes
    let judge = BodyJudge.fresh(.compare)
    #expect(Trial().run(valid, split: 100_000, judge: judge).verdict == .valid)
    for position in [20, MiB - 1, MiB, MiB + 1, 2 * MiB + 17, 3 * MiB, valid.count - 9, valid.count - 1] {
      var broken = valid
      broken[position] ^= 0x10
      let full = Trial().run(broken, split: 65_536).verdict
      #expect(full.isInvalid)
      #expect(Trial().run(broken, split: 65_536, judge: judge).verdict == full, "flip at \(position)")
      let cut = Array(valid.prefix(position))
      #expect(Trial().run(cut, split: 65_536, judge: judge).verdict == .truncated, "cut at \(position)")
      #expect(Trial().run(cut + Self.marker, split: 65_536, judge: judge).verdict == .inBandError, "error at \(position)")
    }
    let whole = Trial().run(valid, split: 99_991, judge: judge)
    #expect(whole.verdict == .valid)
    #expect(whole.bytesDecoded == 3_300_000)
  }

  private func expectBoth(_ body: [UInt8], _ verdict: Verdict, after valid: [UInt8], _ comment: Comment) {
    for split in [1, 20, Int.max] {
      #expect(Trial().run(body, split: split).verdict == verdict, comment)
      #expect(Trial().run(body, after: valid, split: split).verdict == verdict, comment)
    }
  }

  /// The bare stream's verdict by zlib's engine.
  private func zlibVerdict(_ body: [UInt8], split: Int) -> Verdict {
    let pool = InflatePool()
    var validator = GzipStreamValidator(engine: .zlib)
    for start in stride(from: 0, to: body.count, by: min(split, body.count)) {
      Array(body[start..<min(body.count, start + min(split, body.count))]).withUnsafeBytes {
        validator.receive($0, pool: pool)
      }
    }
    return validator.verdict
  }

  /// What remains of a fault's verdict without the judge's knowledge of disguises.
  private func gzipVerdict(_ fault: Fault) -> Verdict {
    switch fault.verdict {
    case .base64Text, .preludeLeaked: .notGzip
    case .inBandError: isalVerdict(fault.body)
    default: fault.verdict
    }
  }

  private func isalVerdict(_ body: [UInt8]) -> Verdict {
    let pool = InflatePool()
    var validator = GzipStreamValidator(engine: .fastest)
    body.withUnsafeBytes { validator.receive($0, pool: pool) }
    return validator.verdict
  }
}
