internal import NIOCore
internal import NIOHTTP1

/// Who takes the body of a `/response` as it arrives. On the event loop.
protocol UploadReceiver: AnyObject {
  /// Whether more may be read now.
  var wantsMore: Bool { get }
  func receive(_ buffer: ByteBuffer)
  /// The pieces of one read are through: what they led to is to be sent.
  func receivedBurst()
  func receivedEnd(_ trailers: HTTPHeaders?)
  /// The connection was lost before the end.
  func uploadBroke()
}

/// The connection that an upload comes in on.
protocol UploadSource: AnyObject {
  /// The receiver wants more again.
  func resumeUpload()
  /// Ends the upload: what is still to come of it is not looked at.
  func answerUpload(_ answer: RuntimeAnswer)
}
