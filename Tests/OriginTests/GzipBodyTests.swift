import NIOCore
import Testing

@testable import Origin

/// Bodies as bytes, without a server.
struct GzipBodyTests {
  static func body(_ size: Int64, ratio: Int = 400, members: Int64 = 1, seed: UInt64 = 0) throws -> GzipBody {
    let template = try BlockTemplate(ratioHundredths: ratio, seed: seed)
    return try GzipBody(
      GzipRecipe(size: size, ratioHundredths: ratio, members: members, seed: seed), template: template)
  }

  static func all(_ body: GzipBody) -> [UInt8] { Array(body.bytes(0..<body.length).readableBytesView) }

  @Test(arguments: [100, 150, 400, 1000, 10_000, 20_000])
  func everySizeAndMemberCountInflatesToExactlyThatMuch(ratio: Int) throws {
    let template = try BlockTemplate(ratioHundredths: ratio, seed: 7)
    let block = Int64(template.decoded.count)
    let stored = Int64(template.storedLength)
    let sizes: [Int64] = [0, 1, 2, 5, 6, 7, 13, 14, 15, 16, 17, stored - 1, stored, stored + 1, 1000, block - 1, block]
    for size in sizes + [block + 1, 2 * block, 3 * block + 17] {
      for members in 1...3 as ClosedRange<Int64> {
        let recipe = GzipRecipe(size: size, ratioHundredths: ratio, members: members, seed: 7)
        let body = try GzipBody(recipe, template: template)
        let bytes = Self.all(body)
        #expect(bytes.count == body.length)
        let inflated = Gunzip.of(bytes, keep: Int(size))
        #expect(inflated.verdict == .whole, "\(recipe)")
        #expect(inflated.decodedCount == size)
        #expect(inflated.members == members)
        #expect(inflated.decoded == body.decoded(), "\(recipe)")
      }
    }
  }

  @Test(arguments: [100, 125, 200, 300, 400, 410, 800, 1600, 5000, 10_000, 20_000])
  func theRatioIsCloseToWhatWasAskedFor(ratio: Int) throws {
    let body = try Self.body(8 << 20, ratio: ratio)
    let real = Double(8 << 20) / Double(body.length)
    let wanted = Double(ratio) / 100
    #expect(abs(real / wanted - 1) < 0.005, "\(real) instead of \(wanted)")
    let inflated = Gunzip.of(Self.all(body))
    #expect(inflated.verdict == .whole)
    #expect(inflated.decodedCount == 8 << 20)
  }

  @Test(arguments: [100, 400, 10_000, 20_000])
  func noTwoWindowsOf16KiBAreEqual(ratio: Int) throws {
    let size = Int64(min(ratio, 2000)) * 8000
    let bytes = Self.all(try Self.body(size, ratio: ratio, members: 3))
    #expect(bytes.count > 40_000)
    #expect(WindowSet.repeats(in: bytes, window: 16 * 1024) == 0)
    // The test itself must be able to fail.
    #expect(WindowSet.repeats(in: bytes + bytes, window: 16 * 1024) > 0)
  }

  @Test func blocksStayWithinTheirLimits() throws {
    for ratio in stride(from: 100, through: 700, by: 37) + [20_000] {
      let template = try BlockTemplate(ratioHundredths: ratio, seed: 3)
      #expect(template.decoded.count <= BlockTemplate.decodedLimit)
      // From the second digit of one index to the end of the next, over a member's end: a window has room for it.
      let gap = template.wireLength + 64 + MemberShape.trailerLength + MemberShape.header.count + 21
      #expect(gap <= 16 * 1024, "ratio \(ratio): \(template.wireLength)")
    }
  }

  @Test func equalRecipesMakeEqualBytesAndOthersDoNot() throws {
    let reference = Self.all(try Self.body(200_000))
    #expect(Self.all(try Self.body(200_000)) == reference)
    #expect(Self.all(try Self.body(200_000, seed: 1)) != reference)
    #expect(Self.all(try Self.body(200_000, ratio: 401)) != reference)
    #expect(Self.all(try Self.body(200_000, members: 2)) != reference)
    let tags = try [
      Self.body(200_000), Self.body(200_000, seed: 1), Self.body(200_000, ratio: 401), Self.body(200_001),
      Self.body(200_000, members: 2),
    ].map(\.entityTag)
    #expect(Set(tags).count == tags.count)
  }

  @Test func everyRangeIsASliceOfTheWhole() throws {
    let body = try Self.body(400_000, members: 3, seed: 9)
    let whole = Self.all(body)
    var random = SplitMix(state: 1)
    for _ in 0..<300 {
      let a = Int64(random.next() % UInt64(body.length))
      let b = Int64(random.next() % UInt64(body.length + 1))
      let range = min(a, b)..<max(a, b)
      #expect(Array(body.bytes(range).readableBytesView) == Array(whole[Int(range.lowerBound)..<Int(range.upperBound)]))
    }
    // Byte by byte: every edge between two parts.
    for position in stride(from: Int64(0), to: body.length, by: 1) where position % 13 == 0 || position < 200 {
      #expect(Array(body.bytes(position..<position + 1).readableBytesView) == [whole[Int(position)]])
    }
  }

  @Test(arguments: [400, 5000])
  func slabsAreTheSameBytes(ratio: Int) throws {
    let body = try Self.body(Int64(ratio) * 25_000, ratio: ratio, members: 2)
    let whole = Self.all(body)
    for start in [0, 1, 5000, 300_000] as [Int64] {
      for limit in [SlabReader.limit, 100_000] {
        var reader = SlabReader(body)
        var bytes: [UInt8] = []
        var position = start
        while position < body.length {
          let piece = reader.read(position..<body.length, limit: limit)
          #expect(piece.readableBytes > 0 && piece.readableBytes <= limit)
          bytes += Array(piece.readableBytesView)
          position += Int64(piece.readableBytes)
        }
        #expect(bytes == Array(whole[Int(start)...]), "from \(start) by \(limit)")
      }
    }
  }

  @Test func fiveGibibytesEndInTheRightChecksum() throws {
    let size: Int64 = 5 << 30
    let body = try Self.body(size)
    let template = body.template
    // The same sum the slow way: block by block.
    let blocks = size / Int64(template.decoded.count)
    let rest = Int(size % Int64(template.decoded.count))
    let afterIndex = CRC32.of(Array(template.decoded[BlockIndex.length...]))
    let indexShift = CRC32.shift(byCount: Int64(template.decoded.count - BlockIndex.length))
    let blockShift = CRC32.shift(byCount: Int64(template.decoded.count))
    var crc: UInt32 = 0
    for index in 0..<blocks {
      let block = CRC32.combine(CRC32.of(BlockIndex.text(UInt32(index))), afterIndex, shift: indexShift)
      crc = CRC32.combine(crc, block, shift: blockShift)
    }
    let tail = BlockIndex.text(UInt32(blocks)) + template.decoded[BlockIndex.length..<rest]
    crc = CRC32.combine(crc, CRC32.of(Array(tail)), shift: CRC32.shift(byCount: Int64(rest)))
    let trailer = Array(body.bytes(body.length - 8..<body.length).readableBytesView)
    #expect(trailer == (0..<4).map { UInt8(truncatingIfNeeded: crc >> UInt32(8 * $0)) } + [0, 0, 0, 0x40])
  }

  @Test func aTebibyteCostsNothingToDescribe() throws {
    let body = try Self.body(GzipRecipe.sizeLimit, ratio: 100, members: 1000)
    let clock = ContinuousClock()
    let time = clock.measure { _ = body.bytes(body.length - 100_000..<body.length) }
    #expect(body.length > 1 << 39)
    #expect(time < .seconds(5))
  }

  @Test func memberBoundariesAreKnown() throws {
    let body = try Self.body(1000, members: 3)
    let boundaries = (0...body.length).filter { body.isMemberBoundary($0) }
    #expect(boundaries.count == 2)
    for boundary in boundaries {
      #expect(Gunzip.of(Array(Self.all(body)[..<Int(boundary)])).verdict == .whole)
    }
  }
}

private func + (a: StrideThrough<Int>, b: [Int]) -> [Int] { Array(a) + b }

/// Counts windows that occur before: a rolling hash of 64 bits, in a table with open addressing.
enum WindowSet {
  static func repeats(in bytes: [UInt8], window: Int) -> Int {
    guard bytes.count > window else { return 0 }
    let slots = 1 << (UInt64.bitWidth - (bytes.count * 2).leadingZeroBitCount)
    let table = UnsafeMutablePointer<UInt64>.allocate(capacity: slots)
    table.initialize(repeating: 0, count: slots)
    defer { table.deallocate() }
    let base: UInt64 = 0x9e37_79b9_7f4a_7c15
    var power: UInt64 = 1
    for _ in 0..<window { power = power &* base }
    var hash: UInt64 = 0
    var found = 0
    bytes.withUnsafeBufferPointer { bytes in
      for i in 0..<bytes.count {
        hash = hash &* base &+ UInt64(bytes[i]) &+ 1
        if i >= window { hash = hash &- power &* (UInt64(bytes[i - window]) &+ 1) }
        guard i >= window - 1 else { continue }
        let key = hash | 1
        var slot = Int((hash &* 0xbf58_476d_1ce4_e5b9) >> 20) & (slots - 1)
        while table[slot] != 0, table[slot] != key { slot = (slot + 1) & (slots - 1) }
        if table[slot] == key { found += 1 }
        table[slot] = key
      }
    }
    return found
  }
}
