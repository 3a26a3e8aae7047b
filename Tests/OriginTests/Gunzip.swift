import CDeflate

/// What zlib makes of a body.
struct Gunzip: Equatable {
  enum Verdict: UInt32 {
    case whole, truncated, badData, badCRC, badLength, trailing, noMemory
  }

  var verdict: Verdict
  var decoded: [UInt8]
  var decodedCount: Int
  var members: Int

  /// - Parameter keep: how many decoded bytes to store; all are checked.
  static func of(_ body: [UInt8], keep: Int = 0) -> Gunzip {
    var result = cdeflate_gunzip_result()
    let decoded = [UInt8](unsafeUninitializedCapacity: max(1, keep)) { buffer, count in
      result = body.withUnsafeBufferPointer { cdeflate_gunzip($0.baseAddress, $0.count, buffer.baseAddress, keep) }
      count = min(keep, Int(clamping: result.produced))
    }
    return Gunzip(
      verdict: Verdict(rawValue: UInt32(result.verdict.rawValue)) ?? .noMemory, decoded: decoded,
      decodedCount: Int(clamping: result.produced),
      members: Int(clamping: result.members))
  }
}
