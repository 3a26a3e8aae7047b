import Testing

@testable import LoadGen

@Suite struct GzipHeaderParserTests {
  private static let extra: [UInt8] = [5, 0] + Array("extra".utf8)
  private static let name: [UInt8] = Array("name\u{8b}.txt".utf8) + [0]
  private static let comment: [UInt8] = Array("a comment".utf8) + [0]

  private static func header(flags: UInt8, checksumXor: UInt16 = 0) -> [UInt8] {
    var bytes: [UInt8] = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3]
    if flags & 4 != 0 { bytes += extra }
    if flags & 8 != 0 { bytes += name }
    if flags & 16 != 0 { bytes += comment }
    if flags & 2 != 0 {
      let value = UInt16(truncatingIfNeeded: GzipFixture.crc(bytes)) ^ checksumXor
      bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }
    return bytes
  }

  private func parse(_ bytes: [UInt8]) -> (action: GzipHeaderParser.Action, used: Int) {
    var parser = GzipHeaderParser()
    for (index, byte) in bytes.enumerated() {
      let action = parser.receive(byte)
      if action != .more { return (action, index + 1) }
    }
    return (.more, bytes.count)
  }

  /// FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT in all 32 combinations.
  @Test(arguments: UInt8(0)..<32) func everyFlagEndsAtItsLastByte(flags: UInt8) {
    let header = Self.header(flags: flags)
    let parsed = parse(header + [0xff, 0xff])
    #expect(parsed.action == .done)
    #expect(parsed.used == header.count)
    #expect(parse(header.dropLast()).action == .more)
  }

  @Test(arguments: UInt8(0)..<32) func theWholeMemberIsValidAtEverySplit(flags: UInt8) {
    let body = GzipFixture.member(Array("hello".utf8), header: Self.header(flags: flags))
    for split in 1...body.count {
      #expect(Trial().run(body, split: split).verdict == .valid, "split \(split)")
    }
  }

  @Test func anEmptyExtraFieldIsPassedOver() {
    let header: [UInt8] = [0x1f, 0x8b, 8, 4 | 8, 0, 0, 0, 0, 0, 3, 0, 0, 0x61, 0]
    #expect(parse(header).action == .done)
    #expect(parse(header).used == header.count)
  }

  @Test(arguments: [UInt8(0x20), 0x40, 0x80, 0xe0]) func reservedFlagsAreRejected(flags: UInt8) {
    #expect(parse(Self.header(flags: flags)).action == .invalid(.reservedFlags))
    let body = GzipFixture.member([1, 2, 3], header: Self.header(flags: flags))
    #expect(Trial().run(body).verdict == .corruptData)
  }

  @Test(arguments: [UInt8(2), 6, 10, 18, 30]) func aWrongHeaderChecksumIsRejected(flags: UInt8) {
    #expect(parse(Self.header(flags: flags, checksumXor: 1)).action == .invalid(.headerChecksum))
    #expect(parse(Self.header(flags: flags, checksumXor: 0x8000)).action == .invalid(.headerChecksum))
  }

  @Test func aByteFlippedAnywhereUnderTheChecksumIsFound() {
    let header = Self.header(flags: 30)
    for index in 4..<header.count {
      var broken = header
      broken[index] ^= 1
      #expect(parse(broken + [0, 0, 0, 0, 0, 0]).action != .done || parse(broken + [0, 0]).used != header.count)
    }
  }

  @Test func magicAndMethodAreTold() {
    #expect(parse([0x1e, 0x8b]).action == .invalid(.magic))
    #expect(parse([0x1f, 0x8c]).action == .invalid(.magic))
    #expect(parse([0x1f, 0x8b, 7]).action == .invalid(.method))
    var parser = GzipHeaderParser()
    _ = parser.receive(0x1f)
    #expect(!parser.isMember)
    _ = parser.receive(0x8b)
    #expect(parser.isMember)
  }

  @Test func aLongNameCostsNothing() {
    let header: [UInt8] = [0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 0x41, count: 300_000) + [0]
    #expect(parse(header).action == .done)
  }
}
