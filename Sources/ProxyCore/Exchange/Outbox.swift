internal import NIOCore

/// Keeps count of what one channel has been given and has not written yet.
///
/// Nothing is read for a channel on which something waits, so what waits is what one read brought, at most. A small piece
/// that has to wait behind another is copied out of its read buffer, so that it does not keep all of that.
struct Outbox: Sendable {
  /// Bytes handed to the channel since the start, or past it to its socket.
  private(set) var accepted: Int64 = 0
  /// Bytes that the last flush left behind.
  private(set) var backlog = 0

  /// The piece as it is to be written.
  mutating func admit(_ buffer: ByteBuffer) -> ByteBuffer {
    accepted += Int64(buffer.readableBytes)
    return backlog > 0 ? buffer.fitted() : buffer
  }

  /// Bytes that went past the channel, straight to the kernel; only while nothing waits.
  mutating func spliced(_ count: Int) { accepted += Int64(count) }

  mutating func flushed(buffered: Int) { backlog = buffered }

  /// Bytes that reached the kernel.
  var written: Int64 { accepted - Int64(backlog) }
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
