internal import CDigest

/// SHA-256 (FIPS 180-4) of bytes that arrive piece by piece, by the system's library.
///
/// A value: a copy goes on by itself from where it was taken. A digest is empty when the library failed (no memory, or a
/// policy of the system that forbids SHA-256); nothing is equal to that which anybody expects. Costs one allocation for a hash, and
/// one for each copy that goes on.
public struct SHA256: Sendable {
  public static let byteCount = Int(CDIGEST_SHA256_LENGTH)

  private var state = State.new()

  public init() {}

  public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) {
    guard let own = unshared(), own.update(bytes) else { return state = nil }
  }

  /// The digest of all bytes so far, which may go on.
  public func finalize() -> [UInt8] { state?.copy()?.finish() ?? [] }

  public static func hash(data: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    data.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hash.finalize()
  }

  /// HMAC-SHA256 (RFC 2104); empty when the library failed.
  public static func authenticationCode(for data: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: byteCount)
    // An empty array may have no address, which the library would not take.
    let (data, count) = (data.isEmpty ? [0] : data, data.count)
    let (key, keyCount) = (key.isEmpty ? [0] : key, key.count)
    return cdigest_hmac_sha256(key, keyCount, data, count, &code) == 1 ? code : []
  }

  /// Nobody else's state: others that have the same keep it as it is.
  private mutating func unshared() -> State? {
    if !isKnownUniquelyReferenced(&state) { state = state?.copy() }
    return state
  }
}

/// Holds a hash of the library.
// Invariant: `update` is called by `SHA256.update` alone, which has made sure that no other value refers to this state, and `finish`
// only on a fresh copy. Whoever shares it merely copies from it: EVP_MD_CTX_copy_ex reads its source.
private final class State: @unchecked Sendable {  // Invariant: written by its only owner
  private let hash: OpaquePointer

  private init(_ hash: OpaquePointer) { self.hash = hash }

  static func new() -> State? { cdigest_sha256_new().map(State.init) }

  deinit { cdigest_sha256_free(hash) }

  func copy() -> State? { cdigest_sha256_copy(hash).map(State.init) }

  func update(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.isEmpty || cdigest_sha256_update(hash, bytes.baseAddress, bytes.count) == 1
  }

  /// Ends it.
  func finish() -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
    return cdigest_sha256_finish(hash, &digest) == 1 ? digest : nil
  }
}
