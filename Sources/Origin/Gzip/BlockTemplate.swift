internal import NIOCore

/// One block of a body, made once and sent millions of times; copies differ in eight bytes, the digits of their index.
///
/// ```
/// wire     00 LEN NLEN │ block @@@@@@@@:\n padding │ compressed text … full flush
/// decoded              │ block @@@@@@@@:\n padding │ text
/// ```
/// The index stands in a stored block, so it can be changed in place; the full flush makes the block byte-aligned and
/// free of references to what came before. A block's wire bytes are few enough that any 16 KiB of a body contain a whole
/// index, whatever lies between two of them. The padding evens out the last bytes between the wanted ratio and the text's.
struct BlockTemplate: Sendable {
  /// The block with index 0 as it goes on the wire.
  let wire: ByteBuffer
  /// The block with index 0 decoded.
  let decoded: [UInt8]
  /// How many decoded bytes, from the first, are stored uncompressed.
  let storedLength: Int
  let runCRC: BlockRunCRC
  /// The checksum of `wire`: zlibs differ in what they emit, and an entity tag must not outlive the bytes.
  let wireCRC: UInt32

  var wireLength: Int { wire.readableBytes }

  /// Where the index's digits are in the wire bytes.
  static let wireDigitsOffset = Deflate.storedHeaderLength + BlockIndex.digitsOffset
  static let decodedLimit = 65_536
  /// With this, the gap between two indexes, a member's trailer and header between them included, stays below 16 KiB.
  static let wireTarget = 16_000.0
  private static let paddingLimit = 128

  /// Costs a dozen compressions of up to 64 KiB, some 20 ms: not for an event loop.
  init(ratioHundredths: Int, seed: UInt64) throws {
    let ratio = Double(ratioHundredths) / 100
    let whole = min(Double(Self.decodedLimit), Self.wireTarget * ratio)
    let text = TemplateText(length: Int(whole) - BlockIndex.length - Self.paddingLimit, seed: seed)
    let (plain, compressed) = try Self.search(text, ratio: ratio)

    let padding = Self.padding(text: plain.count, compressed: compressed.count, ratio: ratio)
    var random = SplitMix(state: ~seed)
    let filler = (0..<padding).map { _ in UInt8(ascii: "a") + UInt8(random.next() % 26) }
    let stored = BlockIndex.text(0) + filler
    let wireBytes = Deflate.stored(stored[...]) + compressed
    wire = ByteBuffer(bytes: wireBytes)
    decoded = stored + plain
    storedLength = stored.count
    wireCRC = CRC32.of(wireBytes)
    runCRC = Self.runCRC(decoded)
  }

  /// The richest text that still compresses at least as well as wanted.
  private static func search(_ text: TemplateText, ratio: Double) throws -> (plain: [UInt8], compressed: [UInt8]) {
    let fixed = BlockIndex.length + Deflate.storedHeaderLength
    let budget = Int(Double(text.length + BlockIndex.length) / ratio) - fixed
    var rich = TemplateText.Kind.echo
    var poor = TemplateText.Kind.echo
    var best: [UInt8] = []
    var bestCompressed: [UInt8] = []
    // The two kinds between whose sizes the budget lies; the poorest alone where even that is too rich.
    for kind in TemplateText.Kind.allCases {
      rich = kind
      let plain = text.compose(rich: kind, count: text.lineCount, poor: kind)
      let compressed = try Deflate.flushed(plain[...])
      if kind != .echo, compressed.count > budget { break }
      (best, bestCompressed, poor) = (plain, compressed, kind)
    }
    var low = 0
    var high = text.lineCount
    while low < high {
      let middle = (low + high + 1) / 2
      let candidate = text.compose(rich: rich, count: middle, poor: poor)
      let compressed = try Deflate.flushed(candidate[...])
      if compressed.count <= budget {
        (best, bestCompressed, low) = (candidate, compressed, middle)
      } else {
        high = middle - 1
      }
    }
    return (best, bestCompressed)
  }

  /// Padding p counts on both sides: (text + 16 + p) / (compressed + 21 + p) = ratio.
  private static func padding(text: Int, compressed: Int, ratio: Double) -> Int {
    guard ratio > 1 else { return 0 }
    let wire = Double(compressed + BlockIndex.length + Deflate.storedHeaderLength)
    let exact = (Double(text + BlockIndex.length) - ratio * wire) / (ratio - 1)
    return max(0, min(paddingLimit, Int(exact)))
  }

  private static func runCRC(_ decoded: [UInt8]) -> BlockRunCRC {
    let zero = CRC32.of(decoded)
    let head = CRC32.of(BlockIndex.text(0))
    let shift = CRC32.shift(byCount: Int64(decoded.count - BlockIndex.length))
    let bits = (0..<UInt32.bitWidth).map { bit in
      CRC32.multiply(shift, CRC32.of(BlockIndex.text(1 << UInt32(bit))) ^ head)
    }
    return BlockRunCRC(block: zero, bits: bits, length: decoded.count)
  }
}
