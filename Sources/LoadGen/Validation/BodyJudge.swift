/// Judges one body after the other; a lane owns one. Not Sendable: it lives and dies on its loop thread.
final class BodyJudge {
  struct Options: Sendable {
    var mode: ValidationMode
    var expectGzip: Bool
    /// Whether the SHA-256 of the wire bytes is wanted.
    var digest: Bool
  }

  /// Body bytes of the running stream as they arrived.
  private(set) var bytesWire: Int64 = 0
  /// Inflated so far; for a compared body the reference's count, scaled.
  private(set) var bytesDecoded: Int64 = 0
  /// Wire length of the target's reference, when there is one.
  var referenceLength: Int64? { nil }

  init(options: Options, references: ReferenceStore) {}

  /// A new body, once its final head is known.
  func begin(target: Int, method: String, head: ResponseHead) {
    bytesWire = 0
    bytesDecoded = 0
  }

  func receive(_ bytes: UnsafeRawBufferPointer) { bytesWire &+= Int64(bytes.count) }

  /// The body is over, whole or not. Must be called once after each `begin`.
  func finish(transport: TransportOutcome) -> BodyJudgement {
    BodyJudgement(
      verdict: .unchecked, treatment: .off, bytesWire: bytesWire, bytesDecoded: bytesDecoded, bodyHead: [], bodyTail: []
    )
  }
}
