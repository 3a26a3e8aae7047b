/// Validators of zlib's engine that stand along a body, one at each MiB: from them its inflating can begin anew.
struct Checkpoints {
  /// Number k stands at `k * SegmentedBytes.segmentBytes`.
  private var validators: [GzipStreamValidator] = []
  /// Memory was short for one of them.
  private(set) var isBroken = false

  /// - Parameter validator: stands where the next segment begins.
  mutating func add(_ validator: GzipStreamValidator) {
    if let checkpoint = validator.checkpoint() { validators.append(checkpoint) } else { isBroken = true }
  }

  /// The validator of the body's first `position` bytes, its inflate state from the pool. Only reads what is kept; `abandoned` when
  /// memory is short.
  func resume(at position: Int64, of bytes: SegmentedBytes, pool: InflatePool) -> GzipStreamValidator {
    let segment = Int64(SegmentedBytes.segmentBytes)
    let number = min(Int(position / segment), validators.count - 1)
    guard number >= 0 else { return GzipStreamValidator.abandoned(engine: .zlib) }
    var validator = validators[number].resumed(pool: pool)
    bytes.forEachPiece(from: Int64(number) * segment, to: position) { piece in
      validator.receive(piece, pool: pool)
      return true
    }
    return validator
  }
}
