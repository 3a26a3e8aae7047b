/// A gzip validator whose rejections are confirmed with zlib while the bytes are at hand (Docs/decisions/003).
///
/// Guarantees: a body of up to `RetainedPrefix.limit` bytes, and any rejection in the call after so many, gets zlib's
/// own verdict; other rejections are `isDoubtful`. Relies on: one pool, the thread's. Costs: below 100 KiB while
/// inflating.
struct ConfirmingValidator {
  private(set) var gzip: GzipStreamValidator
  /// While ISA-L inflates, and everything so far is in it.
  private var prefix: RetainedPrefix?

  init(engine: InflateStream.Engine, digests: Bool = false, showsMembers: Bool = false, pool: InflatePool) {
    gzip = GzipStreamValidator(engine: engine, digests: digests, showsMembers: showsMembers)
    if engine == .isal { prefix = pool.takePrefix() }
  }

  /// `gzip` is zlib's and needs nobody's confirmation.
  init(_ gzip: GzipStreamValidator) { self.gzip = gzip }

  var heldBytes: Int {
    (gzip.holdsState ? gzip.engine.stateBytes : 0) + (prefix == nil ? 0 : RetainedPrefix.limit)
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer, pool: InflatePool) {
    gzip.receive(bytes, pool: pool)
    guard let prefix else { return }
    if gzip.needsConfirmation {
      gzip = prefix.replay(
        then: bytes, digests: gzip.digests, showsMembers: gzip.showsMembers, pool: pool)
      releasePrefix(to: pool)
    } else {
      prefix.keep(bytes)
      if prefix.isOver { releasePrefix(to: pool) }
    }
  }

  /// No more bytes. Where ISA-L still asks for input it may be lost rather than cut short, because it takes code tables
  /// that zlib rejects.
  mutating func finish(pool: InflatePool) {
    guard let prefix, gzip.isGzip, gzip.verdict == .truncated else { return }
    gzip.release(to: pool)
    gzip = prefix.replay(
      then: UnsafeRawBufferPointer(start: nil, count: 0), digests: gzip.digests, showsMembers: gzip.showsMembers,
      pool: pool)
  }

  /// Whether ISA-L alone says so. Where the transport was cut, a cut body needs nobody's confirmation.
  func isDoubtful(_ verdict: Verdict, _ transport: TransportOutcome) -> Bool {
    guard gzip.engine == .isal, gzip.isGzip else { return false }
    switch verdict {
    case .corruptData, .corruptCRC, .corruptLength: return gzip.needsConfirmation
    case .truncated: return transport == .complete
    default: return false
    }
  }

  /// Gives back what it holds.
  mutating func release(to pool: InflatePool) {
    releasePrefix(to: pool)
    gzip.release(to: pool)
  }

  private mutating func releasePrefix(to pool: InflatePool) {
    if let prefix { pool.give(prefix) }
    prefix = nil
  }
}
