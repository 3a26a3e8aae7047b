import CInflate
import CTestDeflate

@testable import LoadGen

/// Gzip bodies built by hand around zlib's deflate data, so that every part of them can be broken on purpose.
enum GzipFixture {
  /// Deterministic: splitmix64.
  struct Random {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }
  }

  /// Text that compresses about four to one.
  static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    let words = ["gzip", "stream", "proxy", "lambda", "origin", "chunk", "header", "trailer", "member", "window"]
    var random = Random(state: seed)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 32)
    while bytes.count < count {
      bytes.append(contentsOf: words[random.below(words.count)].utf8)
      bytes.append(contentsOf: " \(random.next() % 100_000)\n".utf8)
    }
    return Array(bytes.prefix(count))
  }

  /// Bytes that do not compress: the wire is as long as the text.
  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = Random(state: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() >> 24) }
  }

  static func deflate(_ bytes: [UInt8], level: Int32 = 6, strategy: Int32 = 0) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 100 + 1024) { buffer, count in
      count = bytes.withUnsafeBytes {
        ctest_deflate($0.baseAddress, $0.count, buffer.baseAddress, buffer.count, level, strategy)
      }
    }
  }

  /// Whether a member with a plain header and an untouched trailer inflates to `text` all the same, by zlib.
  static func isSame(_ member: [UInt8], as text: [UInt8]) -> Bool {
    let data = Array(member.dropFirst(plainHeader.count).dropLast(8))
    let used = data.withUnsafeBytes { ctest_inflate($0.baseAddress, $0.count) }
    return used == data.count && Array(member.suffix(8)) == littleEndian(crc(text)) + littleEndian(UInt32(text.count))
  }

  static func crc(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { cinflate_crc32(0, $0.baseAddress, $0.count) }
  }

  static func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

  static let plainHeader: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

  static func member(
    _ text: [UInt8], header: [UInt8] = plainHeader, level: Int32 = 6, strategy: Int32 = 0, crcXor: UInt32 = 0,
    lengthXor: UInt32 = 0
  ) -> [UInt8] {
    header + deflate(text, level: level, strategy: strategy) + littleEndian(crc(text) ^ crcXor)
      + littleEndian(UInt32(truncatingIfNeeded: text.count) ^ lengthXor)
  }
}

/// One body through one judge.
struct Trial {
  var status = 200
  var fields: [(String, String)] = [("Content-Encoding", "gzip")]
  var method = "GET"
  var transport = TransportOutcome.complete

  /// Feeds the body in pieces of `split` bytes.
  func run(_ body: [UInt8], split: Int, judge: BodyJudge, target: Int = 0) -> BodyJudgement {
    judge.begin(target: target, method: method, head: ResponseHead(status: status, fields: fields))
    body.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(max(1, split))
        judge.receive(UnsafeRawBufferPointer(rebasing: piece))
        rest = rest.dropFirst(piece.count)
      }
    }
    return judge.finish(transport: transport)
  }

  func run(
    _ body: [UInt8], split: Int = .max, mode: ValidationMode = .full, expectGzip: Bool = false
  ) -> BodyJudgement {
    run(body, split: split, judge: .fresh(mode, expectGzip: expectGzip))
  }

  /// In compare mode, after `valid` became the reference.
  func run(_ body: [UInt8], after valid: [UInt8], split: Int) -> BodyJudgement {
    let judge = BodyJudge.fresh(.compare)
    let first = Trial().run(valid, split: .max, judge: judge)
    guard first.verdict == .valid else { return first }
    return run(body, split: split, judge: judge)
  }
}

extension BodyJudge {
  static func fresh(
    _ mode: ValidationMode, expectGzip: Bool = false, memory: Int64 = 256 << 20, targets: Int = 1
  ) -> BodyJudge {
    BodyJudge(
      options: Options(mode: mode, expectGzip: expectGzip, digest: false),
      references: ReferenceStore(targets: targets, memory: memory))
  }
}
