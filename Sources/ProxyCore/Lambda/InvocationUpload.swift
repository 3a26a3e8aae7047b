internal import NIOCore

/// How far a response is on its way to the Runtime API.
struct InvocationUpload: Sendable {
  /// It has its beginning.
  var isOpen = false
  /// Of a response that streams: all there was so far, prelude and delimiter included.
  var bytes: Int64 = 0
  /// What an empty body that streams is given, until there is a first byte of its own.
  var sentinel: ByteBuffer?
  /// A response that does not stream, so far.
  var whole: BufferedResponse?
}
