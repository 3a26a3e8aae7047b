internal import NIOCore

/// The request body, client to upstream.
extension Exchange {
  /// Takes the body's bytes off the front of `buffer`; what is left is the next request's. False when there is no upstream
  /// to send to yet, so that nothing was taken.
  func clientRead(_ buffer: inout ByteBuffer) -> Bool {
    guard let upstream else { return false }
    clientProgress = loop.now
    switch requestRelay.receive(&buffer, emit: { upstream.port.send($0) }) {
    case .more: break
    case .complete: requestCompleted()
    case .fault: fail(.malformedRequestBody)
    }
    return true
  }

  func clientReadComplete() {
    guard let upstream else { return }
    upstream.port.flush()
    guard isLive, self.upstream === upstream else { return }
    if !requestIsComplete, !upstream.port.canTakeMore() { client.port.pauseReads() }
  }

  /// The upstream takes request bytes again.
  func upstreamCanTakeMore() {
    upstreamProgress = loop.now
    client.resumeReads()
  }
}
