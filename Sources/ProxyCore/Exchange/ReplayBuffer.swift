internal import NIOCore

/// The request body's bytes as they went to a connection that may turn out to have been dead, kept for a second attempt
/// (proxy rule G3). All of them or none: past the limit nothing is kept, so a cut body is never sent.
struct ReplayBuffer {
  let limit: Int
  private(set) var bytes = ByteBuffer()
  /// False once something was sent that is not in here.
  private(set) var isWhole = true

  init(limit: Int) { self.limit = limit }

  mutating func keep(_ piece: ByteBuffer) {
    guard isWhole else { return }
    guard bytes.readableBytes + piece.readableBytes <= limit else { return drop() }
    bytes.writeImmutableBuffer(piece)
  }

  /// Nothing will be sent again.
  mutating func drop() {
    bytes = ByteBuffer()
    isWhole = false
  }
}
