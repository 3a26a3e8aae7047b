/// The beginning of a body that ISA-L inflates, kept so that zlib can be asked when ISA-L rejects it
/// (Docs/decisions/003). As long as the limit holds, all bytes before the present ones are in it.
final class RetainedPrefix {
  /// With ISA-L's state of 85 KiB a stream stays below 100 KiB.
  static let limit = 12 * 1024

  private var bytes: [UInt8] = []
  /// More came than is kept.
  private(set) var isOver = false

  init() { bytes.reserveCapacity(Self.limit) }

  func reset() {
    bytes.removeAll(keepingCapacity: true)
    isOver = false
  }

  func keep(_ more: UnsafeRawBufferPointer) {
    guard !isOver, more.count <= Self.limit - bytes.count else {
      isOver = true
      return
    }
    bytes.append(contentsOf: more)
  }

  /// The verdict of zlib on what was kept and `more`: a validator that goes on from there.
  func replay(
    then more: UnsafeRawBufferPointer, digests: Bool = false, showsMembers: Bool = false, pool: InflatePool
  ) -> GzipStreamValidator {
    var validator = GzipStreamValidator(engine: .zlib, digests: digests, showsMembers: showsMembers)
    bytes.withUnsafeBytes { validator.receive($0, pool: pool) }
    validator.receive(more, pool: pool)
    return validator
  }
}
