import CInflate

/// One raw deflate decoder of zlib or ISA-L, on the heap behind a handle. Not Sendable: one thread at a time, except that
/// a stream nobody advances any more may be copied from by several.
final class InflateStream {
  enum Engine: Sendable {
    case isal
    case zlib

    /// ISA-L where it was compiled in: 2.5 to 3 times as fast as zlib.
    static let fastest: Engine = cinflate_has_isal() ? .isal : .zlib

    /// Heap bytes of one stream.
    var stateBytes: Int { Int(clamping: cinflate_state_bytes(code)) }

    fileprivate var code: cinflate_engine { self == .isal ? CINFLATE_ISAL : CINFLATE_ZLIB }
  }

  let engine: Engine
  private let handle: OpaquePointer

  /// Nil when memory is short.
  init?(engine: Engine) {
    guard let handle = cinflate_new(engine.code) else { return nil }
    self.engine = engine
    self.handle = handle
  }

  deinit { cinflate_free(handle) }

  /// Ready for a new deflate stream; false when it cannot be used.
  func reset() -> Bool { cinflate_reset(handle) }

  /// Becomes the twin of `other`; both are zlib's. Only reads `other`.
  func copy(from other: InflateStream) -> Bool { cinflate_copy(handle, other.handle) }

  /// One turn: as far as input and room go. Takes at most 1 MiB of each.
  func step(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> cinflate_step_result {
    cinflate_step(handle, input.baseAddress, input.count, output.baseAddress, output.count)
  }
}
