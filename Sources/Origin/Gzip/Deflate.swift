internal import CDeflate

/// Raw deflate data (RFC 1951) of a piece of text that refers to nothing before it.
enum Deflate {
  /// A piece after which more may follow, byte-aligned.
  static func flushed(_ text: ArraySlice<UInt8>) throws -> [UInt8] { try compress(text, last: false) }

  /// A piece whose last block is final.
  static func final(_ text: ArraySlice<UInt8>) throws -> [UInt8] { try compress(text, last: true) }

  /// A stored block (RFC 1951 §3.2.4), to begin at a byte boundary. At most 65,535 bytes.
  static func stored(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let count = UInt16(clamping: bytes.count)
    return [
      0, UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: ~count),
      UInt8(truncatingIfNeeded: ~count >> 8),
    ] + bytes
  }

  static let storedHeaderLength = 5

  private static func compress(_ text: ArraySlice<UInt8>, last: Bool) throws -> [UInt8] {
    let capacity = cdeflate_raw_bound(text.count)
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      count = text.withUnsafeBufferPointer { input in
        guard let target = output.baseAddress else { return 0 }
        // zlib wants an address even for no bytes.
        return cdeflate_raw(input.baseAddress ?? UnsafePointer(target), input.count, last ? 1 : 0, target, capacity)
      }
    }
    guard !output.isEmpty else { throw CompressionFailed() }
    return output
  }
}

/// zlib refused to compress: there is no memory.
struct CompressionFailed: Error {}
