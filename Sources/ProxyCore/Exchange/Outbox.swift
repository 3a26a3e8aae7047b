internal import NIOCore

/// Keeps count of what one channel has been given and has not written yet, so that what waits in user space stays bounded
/// however small the pieces are.
///
/// The channel's own high-water mark counts readable bytes. A peer that sends one byte at a time would stay below it while
/// each byte keeps a whole read buffer, or at best a small allocation, alive. So a small piece is copied out of its read
/// buffer as soon as it has to wait behind another, and the number of waiting pieces is limited too.
struct Outbox: Sendable {
  static let maximumPieces = 64

  /// Bytes handed to the channel since the start.
  private(set) var accepted: Int64 = 0
  /// Bytes that the last flush left behind.
  private(set) var backlog = 0
  private var pieces = 0

  /// The piece as it is to be written.
  mutating func admit(_ buffer: ByteBuffer) -> ByteBuffer {
    accepted += Int64(buffer.readableBytes)
    pieces += 1
    guard backlog > 0, buffer.readableBytes < buffer.storageCapacity / 4 else { return buffer }
    var copy = ByteBuffer()
    copy.reserveCapacity(buffer.readableBytes)
    copy.writeImmutableBuffer(buffer)
    return copy
  }

  mutating func flushed(buffered: Int) {
    backlog = buffered
    if buffered == 0 { pieces = 0 }
  }

  /// Bytes that reached the kernel.
  var written: Int64 { accepted - Int64(backlog) }
  /// Too many pieces wait: no more until all are gone.
  var isCrowded: Bool { backlog > 0 && pieces >= Self.maximumPieces }
}
