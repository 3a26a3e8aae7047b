/// Writes down the first body of a URL while it is being inflated, so that it can become the URL's reference.
///
/// Guarantees: never more than `limit` wire bytes. Relies on: a validator of zlib's engine that writes down the ends of
/// members and has seen what this has seen. Costs: an allocation and a checkpoint for each MiB, none per chunk.
final class ReferenceRecording {
  /// What the store set aside for it.
  let reserved: Int64
  private let limit: Int64
  private var segments: [UnsafeMutableRawBufferPointer] = []
  private var checkpoints: [GzipStreamValidator] = []
  private var position: Int64 = 0
  /// Memory was short for a checkpoint: it cannot become a reference.
  private var isBroken = false

  /// `declaredLength`: the response's own, when there is one.
  init(reserved: Int64, declaredLength: Int64?) {
    self.reserved = reserved
    let fits = Reference.wire(memory: reserved)
    limit = declaredLength.map { min($0, fits) } ?? fits
  }

  deinit { for segment in segments { segment.deallocate() } }

  func accepts(_ count: Int) -> Bool { Int64(count) <= limit - position }

  /// Keeps the bytes and has them validated. Only when `accepts` says so.
  func receive(_ bytes: UnsafeRawBufferPointer, into validator: inout GzipStreamValidator, pool: InflatePool) {
    var rest = bytes
    while !rest.isEmpty {
      let within = Int(position % Int64(Reference.segmentBytes))
      if within == 0 { beginSegment(validator) }
      guard let room = segments.last.map({ $0.count - within }), room > 0 else { return }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(room))
      segments.last.map { UnsafeMutableRawBufferPointer(rebasing: $0[within...]).copyMemory(from: piece) }
      validator.receive(piece, pool: pool)
      position += Int64(piece.count)
      rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
    }
  }

  /// The reference, when `validator` says that the body was valid. The recording is over.
  func finish(_ validator: GzipStreamValidator) -> Reference? {
    guard !isBroken, position == validator.wire, position > 0, validator.verdict == .valid else { return nil }
    trimLast()
    guard let reference = Reference(segments: segments, checkpoints: checkpoints, end: validator) else { return nil }
    segments = []
    return reference
  }

  private func beginSegment(_ validator: GzipStreamValidator) {
    let size = min(Int64(Reference.segmentBytes), limit - position)
    segments.append(.allocate(byteCount: Int(size), alignment: 16))
    if let checkpoint = validator.checkpoint() { checkpoints.append(checkpoint) } else { isBroken = true }
  }

  private func trimLast() {
    let used = Int(position - Int64((segments.count - 1) * Reference.segmentBytes))
    guard let last = segments.last, used < last.count else { return }
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: used, alignment: 16)
    exact.copyMemory(from: UnsafeRawBufferPointer(rebasing: last[..<used]))
    last.deallocate()
    segments[segments.count - 1] = exact
  }
}
