/// The first bodies of a URL while they arrive: inflated once for all of them, and written down, so that the one that comes
/// whole can become the URL's reference.
///
/// All bodies of one thread that ran when the URL had no reference yet share it. Each is compared with what is written; whoever is
/// the first to bring bytes beyond that has them inflated and written. So 64 streams that begin together cost one inflating, not 64.
///
/// Guarantees: what is written is the beginning of a gzip stream without a fault, of never more than `limit` bytes, and holds no
/// error trailer's marker: what would be none of that is refused, and nothing more is taken then. Lives on one thread. Costs:
/// an allocation and a checkpoint for each MiB, none per chunk.
final class ReferenceRecording {
  enum State {
    /// More may be written.
    case open
    /// Nothing more is written, and it will be no reference.
    case closed
    /// What was written is the whole body.
    case whole(Reference)
  }

  private(set) var state = State.open
  let declaredLength: Int64?
  private let references: ReferenceStore
  private let target: Int
  /// What the store set aside for it.
  private let reserved: Int64
  private let limit: Int64
  private var bytes = SegmentedBytes()
  private var checkpoints = Checkpoints()
  /// Stands at the end of what was written while that is open.
  private var validator: GzipStreamValidator
  private var errorTrailer = ErrorTrailerScanner()
  /// Bodies that are compared with it.
  private var users = 0

  /// - Parameters:
  ///   - reserved: bytes that the store has set aside for the reference; it gets them back.
  ///   - declaredLength: the response's own, when there is one.
  init(
    references: ReferenceStore, target: Int, reserved: Int64, declaredLength: Int64?, digests: Bool, showsMembers: Bool
  ) {
    self.references = references
    self.target = target
    self.reserved = reserved
    self.declaredLength = declaredLength
    let fits = Reference.wire(memory: reserved)
    limit = declaredLength.map { min($0, fits) } ?? fits
    validator = GzipStreamValidator(
      engine: .zlib, recordsMemberEnds: true, digests: digests, showsMembers: showsMembers)
  }

  deinit { if !isWhole { bytes.deallocate() } }

  /// Bytes that were written.
  var length: Int64 { bytes.count }
  /// What they inflate to.
  var decoded: Int64 { validator.decoded }

  /// The reference that it has become; nil before, and when it becomes none.
  var reference: Reference? { if case .whole(let reference) = state { reference } else { nil } }

  /// Whether it is the recording of this URL in this run.
  func isOf(_ references: ReferenceStore, target: Int) -> Bool {
    self.references === references && self.target == target
  }

  /// A body is compared with it from its first byte on.
  func join() { users += 1 }

  /// A body is no longer compared with it. With the last one it ends.
  func leave(pool: InflatePool) {
    users -= 1
    if users == 0, isOpen { close(.unfit, pool: pool) }
  }

  /// Whether `bytes` are what was written at `position`.
  func matches(_ bytes: UnsafeRawBufferPointer, at position: Int64) -> Bool { self.bytes.matches(bytes, at: position) }

  /// Inflates and writes bytes that go on where it ends. False, with nothing written, when they cannot go into a reference:
  /// whoever brought them, and whoever comes after, goes on alone.
  func append(_ more: UnsafeRawBufferPointer, pool: InflatePool) -> Bool {
    guard isOpen else { return false }
    guard Int64(more.count) <= limit - bytes.count else {
      close(.tooLong, pool: pool)
      return false
    }
    errorTrailer.receive(more)
    guard !errorTrailer.sawMarker else {
      close(.unusable, pool: pool)
      return false
    }
    return write(more, pool: pool)
  }

  /// The body has ended where this ends, whole. Whether it is a reference now.
  func finish(pool: InflatePool) -> Bool {
    guard isOpen, validator.verdict == .valid, bytes.count > 0, !checkpoints.isBroken else { return false }
    // Nothing is known of ends that were not written down.
    guard validator.memberEnds != nil else {
      close(.unusable, pool: pool)
      return false
    }
    bytes.trim()
    guard let reference = Reference(bytes: bytes, checkpoints: checkpoints, end: validator) else {
      close(.unfit, pool: pool)
      return false
    }
    state = .whole(reference)
    pool.remove(self, target: target)
    validator.release(to: pool)
    references.ended(.reference(reference), reserved: reserved, target: target)
    return true
  }

  /// The validator of a body that has been the same up to `position`: to go on from.
  func resume(at position: Int64, pool: InflatePool) -> GzipStreamValidator {
    checkpoints.resume(at: position, of: bytes, pool: pool)
  }

  /// The same of a body that ends there: for what it says.
  func conclusion(at position: Int64, pool: InflatePool) -> GzipStreamValidator {
    isOpen && position == length ? validator.withoutState() : resume(at: position, pool: pool)
  }

  func forEachPiece(from start: Int64, to end: Int64, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.forEachPiece(from: start, to: end) {
      body($0)
      return true
    }
  }

  /// Where its first members end, of those that are over at `position`.
  func firstEnds(before position: Int64) -> [Int64] { validator.firstEnds.filter { $0 <= position } }

  private var isOpen: Bool { if case .open = state { true } else { false } }
  private var isWhole: Bool { if case .whole = state { true } else { false } }

  /// All of it or nothing: what makes the stream a bad one is not kept.
  private func write(_ more: UnsafeRawBufferPointer, pool: InflatePool) -> Bool {
    var rest = more
    let before = bytes.count
    while !rest.isEmpty {
      if bytes.room == 0 { beginSegment() }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(bytes.room))
      bytes.append(piece)
      validator.receive(piece, pool: pool)
      guard !validator.isBad, !checkpoints.isBroken else {
        bytes.forget(from: before)
        close(.unfit, pool: pool)
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
    }
    return true
  }

  private func beginSegment() {
    checkpoints.add(validator)
    bytes.addSegment(Int(min(Int64(SegmentedBytes.segmentBytes), limit - bytes.count)))
  }

  private func close(_ outcome: ReferenceStore.Recorded, pool: InflatePool) {
    state = .closed
    pool.remove(self, target: target)
    validator.release(to: pool)
    references.ended(outcome, reserved: reserved, target: target)
  }
}
