internal import NIOCore

/// The request body, client to upstream.
extension Exchange {
  /// Takes the body's bytes off the front of `buffer`; what is left is the next request's. False when there is no upstream
  /// to send to yet, so that nothing was taken.
  func clientRead(_ buffer: inout ByteBuffer) -> Bool {
    guard let upstream else { return false }
    clientProgress = loop.now
    awaitsContinue = false
    let before = buffer.readableBytes
    let progress = requestRelay.receive(&buffer) { piece in
      keepForReplay(piece)
      noteSent(piece.readableBytes)
      upstream.port.send(piece)
    }
    trace.wireIn += Int64(before - buffer.readableBytes)
    if isOverBodyLimit { fail(.requestBodyTooLarge) }
    switch progress {
    case .more: break
    case .complete: requestCompleted()
    case .fault: fail(.malformedRequestBody)
    }
    return true
  }

  private var isOverBodyLimit: Bool {
    loop.limits.requestBody > 0 && requestRelay.dataBytes > loop.limits.requestBody
  }

  func clientReadComplete() {
    guard let upstream else { return }
    upstream.port.flush()
    guard isLive, self.upstream === upstream else { return }
    noteBuffered()
    if !requestIsComplete, !upstream.port.canTakeMore() {
      client.pauseRequest()
      notePause(for: .upstream)
    }
  }

  /// The upstream takes request bytes again.
  func upstreamCanTakeMore() {
    upstreamProgress = loop.now
    clientProgress = loop.now
    noteResumption(for: .upstream)
    client.resumeRequest()
  }
}
