/// A whole valid body, with inflate checkpoints along it: what later bodies of its URL are compared with.
///
/// Guarantees: never changes, so every thread reads it without a lock. Relies on: zlib's engine only, whose states can
/// be copied. Costs: its wire bytes, one inflate state for each MiB of them (4 %) and 8 bytes for each 2 KiB (0.4 %);
/// `memory` is the sum.
// Invariant: every field is a `let`, and nothing they point at is written once `init` has returned: bytes are only compared and
// read, inflate states and digests of the checkpoints only copied from (`cinflate_copy` and `SHA256` read their source).
final class Reference: @unchecked Sendable {  // Invariant: never written after init
  /// Distance of checkpoints. Inflating one piece again, which is the most a differing body costs, takes zlib 15 ms.
  static let segmentBytes = SegmentedBytes.segmentBytes
  /// Wire bytes kept for one URL.
  static let wireLimit: Int64 = 64 << 20
  private static let fixedBytes: Int64 = 1024

  let length: Int64
  let decoded: Int64
  let memory: Int64
  /// Of what it inflates to; nil unless the run asks for it.
  private let decodedSHA256: String?
  /// In order; the last one is the end of the body.
  private let memberEnds: [GzipStreamValidator.MemberEnd]
  private let bytes: SegmentedBytes
  private let digests: BlockDigests
  private let checkpoints: Checkpoints
  /// Stands at the end.
  private let end: GzipStreamValidator

  /// Takes the bytes over. Nil when `end` is not the end of a valid body.
  init?(bytes: SegmentedBytes, checkpoints: Checkpoints, end: GzipStreamValidator) {
    guard end.verdict == .valid, let memberEnds = end.memberEnds, let final = end.checkpoint() else { return nil }
    self.bytes = bytes
    digests = BlockDigests(of: bytes)
    self.checkpoints = checkpoints
    self.end = final
    self.memberEnds = memberEnds
    length = end.wire
    decoded = end.decoded
    decodedSHA256 = end.decodedSHA256
    memory = Self.memory(wire: end.wire)
  }

  deinit { bytes.deallocate() }

  /// What a body of `wire` bytes costs as a reference.
  static func memory(wire: Int64) -> Int64 {
    wire + wire / Int64(segmentBytes) * Int64(InflateStream.Engine.zlib.stateBytes)
      + wire / Int64(BlockDigests.blockBytes) * Int64(BlockDigests.digestBytes) + fixedBytes
  }

  /// The longest body that fits into `memory`.
  static func wire(memory: Int64) -> Int64 {
    let left = max(0, memory - fixedBytes)
    let segment = Int64(segmentBytes)
    let block = Int64(BlockDigests.blockBytes)
    let blockCost = block + Int64(BlockDigests.digestBytes)
    let cost = segment / block * blockCost + Int64(InflateStream.Engine.zlib.stateBytes)
    let rest = left % cost
    let last = rest / blockCost * block + min(block - 1, rest % blockCost)
    return min(wireLimit, left / cost * segment + min(segment - 1, last))
  }

  /// Whether `bytes` are what stands at `position`.
  func matches(_ bytes: UnsafeRawBufferPointer, at position: Int64) -> Bool {
    digests.match(bytes, at: position, of: self.bytes)
  }

  /// The validator of a body that has been the same up to `position`.
  func resume(at position: Int64, pool: InflatePool) -> GzipStreamValidator {
    if position == length { return end.resumed(pool: pool) }
    return checkpoints.resume(at: position, of: bytes, pool: pool)
  }

  /// The bytes of a range, piece by piece.
  func forEachPiece(from start: Int64, to end: Int64, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.forEachPiece(from: start, to: end) {
      body($0)
      return true
    }
  }

  /// Decoded bytes when a body may end at `position`, that is at the end of a member.
  func decodedAtEnd(of position: Int64) -> Int64? { memberEnds.first { $0.wire == position }?.decoded }

  /// Members that are over at `position`.
  func members(before position: Int64) -> Int { memberEnds.count { $0.wire <= position } }

  /// Wire positions where the first `most` members end, of those that are over at `position`.
  func firstEnds(before position: Int64, most: Int) -> [Int64] {
    memberEnds.prefix(most).map(\.wire).filter { $0 <= position }
  }

  /// The digest of what a body inflates to that ends at `position`, the end of a member: once for all twins.
  func decodedSHA256(endingAt position: Int64, pool: InflatePool) -> String? {
    guard position != length else { return decodedSHA256 }
    var validator = resume(at: position, pool: pool)
    defer { validator.release(to: pool) }
    return validator.decodedSHA256
  }
}
