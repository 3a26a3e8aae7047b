import Testing

@testable import Origin

struct CRC32Tests {
  private func random(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix(state: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  @Test func theChecksumOfACheckStringIsTheKnownOne() { #expect(CRC32.of(Array("123456789".utf8)) == 0xcbf4_3926) }

  @Test func combiningEqualsConcatenating() {
    for (a, b) in [(0, 0), (0, 5), (5, 0), (1, 1), (1000, 1), (3, 70_000)] {
      let first = random(a, seed: 1)
      let second = random(b, seed: 2)
      let combined = CRC32.combine(CRC32.of(first), CRC32.of(second), shift: CRC32.shift(byCount: Int64(b)))
      #expect(combined == CRC32.of(first + second), "\(a), \(b)")
    }
  }

  @Test func runsOfBlocksSumUpLikeTheirBytes() throws {
    let template = try BlockTemplate(ratioHundredths: 20_000, seed: 5)
    func decoded(_ index: Int64) -> [UInt8] { BlockIndex.text(UInt32(index)) + template.decoded[BlockIndex.length...] }
    for (first, count) in [(0, 0), (0, 1), (0, 7), (1, 1), (5, 6), (4, 4), (1023, 3), (0x0fff_ffff, 2)] {
      let bytes = (0..<count).flatMap { decoded(Int64(first + $0)) }
      #expect(template.runCRC.crc(first: Int64(first), count: Int64(count)) == CRC32.of(bytes), "\(first), \(count)")
    }
  }

  @Test func indexDigitsAreLinearInTheIndex() {
    for (a, b) in [(0, 1), (0x1234_5678, 0x0fed_cba9), (0xffff_ffff, 0x8000_0000)] as [(UInt32, UInt32)] {
      #expect(BlockIndex.digits(a ^ b) == BlockIndex.digits(a) ^ BlockIndex.digits(b) ^ BlockIndex.digits(0))
    }
    #expect(String(decoding: BlockIndex.text(39), as: UTF8.self) == "block @@@@@@BG:\n")
  }
}
