internal import NIOCore

/// Keeps count of what one channel has been given and has not written yet, so that what waits in user space stays bounded
/// however small the pieces are.
///
/// The channel's own high-water mark counts readable bytes. A peer that sends one byte at a time would stay below it while
/// each byte keeps a whole read buffer, or at best a small allocation, alive. So a small piece is copied out of its read
/// buffer as soon as it has to wait behind another, and the number of waiting pieces is limited too.
struct Outbox: Sendable {
  static let maximumPieces = 64

  /// Bytes handed to the channel since the start, or past it to its socket.
  private(set) var accepted: Int64 = 0
  /// Bytes that the last flush left behind.
  private(set) var backlog = 0
  private var pieces = 0

  /// The piece as it is to be written.
  mutating func admit(_ buffer: ByteBuffer) -> ByteBuffer {
    accepted += Int64(buffer.readableBytes)
    pieces += 1
    return backlog > 0 ? buffer.fitted() : buffer
  }

  /// Bytes that went past the channel, straight to the kernel; only while nothing waits.
  mutating func spliced(_ count: Int) { accepted += Int64(count) }

  mutating func flushed(buffered: Int) {
    backlog = buffered
    if buffered == 0 { pieces = 0 }
  }

  /// Bytes that reached the kernel.
  var written: Int64 { accepted - Int64(backlog) }
  /// Too many pieces wait: no more until all are gone.
  var isCrowded: Bool { backlog > 0 && pieces >= Self.maximumPieces }
}

extension ByteBuffer {
  /// The same bytes in storage of their own where they are a small part of what they lie in, for who keeps them a while.
  func fitted() -> ByteBuffer {
    guard readableBytes < storageCapacity / 4 else { return self }
    var copy = ByteBuffer()
    guard readableBytes > 0 else { return copy }
    copy.reserveCapacity(readableBytes)
    copy.writeImmutableBuffer(self)
    return copy
  }
}
