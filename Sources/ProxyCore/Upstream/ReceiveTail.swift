internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What an upstream that has ended its connection left in the kernel's socket buffer, read piece by piece.
///
/// When a peer ends its connection NIO reads everything that is left at once, however little the other side can take:
/// up to a whole socket buffer would land in memory. So at that moment reading is taken from NIO: the descriptor is
/// duplicated, and since the peer can send nothing more, what is left can be read whenever there is room, without waiting
/// for readiness. Costs one descriptor while it lasts, which is counted.
final class ReceiveTail {
  enum Piece {
    case bytes(ByteBuffer)
    case end
    case failed
  }

  private let descriptor: CInt
  private let shared: SharedState
  /// The connection did not end but was reset: a clean end of the bytes proves nothing.
  var wasReset = false

  init?(duplicating original: CInt, shared: SharedState) {
    let duplicate = fcntl(original, F_DUPFD_CLOEXEC, 0)
    guard duplicate >= 0 else { return nil }
    descriptor = duplicate
    self.shared = shared
    shared.descriptorOpened()
  }

  deinit {
    _ = close(descriptor)
    shared.descriptorClosed()
  }

  func read(_ allocator: ByteBufferAllocator, maximum: Int) -> Piece {
    var buffer = allocator.buffer(capacity: maximum)
    var failed = false
    let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: maximum) { space in
      while true {
        let count = recv(descriptor, space.baseAddress, min(space.count, maximum), CInt(MSG_DONTWAIT))
        if count < 0, errno == EINTR { continue }
        failed = count < 0
        return max(0, count)
      }
    }
    if count > 0 { return .bytes(buffer) }
    return failed || wasReset ? .failed : .end
  }
}
