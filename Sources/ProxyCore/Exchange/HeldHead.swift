internal import NIOCore

/// A response head that waits a moment for the first byte of its body, so that an upstream that dies in between can still
/// be told as an error (proxy rule E10; `--hold-head`).
struct HeldHead {
  let head: ByteBuffer
  private let release: Scheduled<Void>

  init(_ head: ByteBuffer, release: Scheduled<Void>) {
    self.head = head
    self.release = release
  }

  func cancel() { release.cancel() }
}
