internal import NIOCore

/// What a runtime is told, and the end of its connection.
extension RuntimeConnection {
  /// Ends a parked `/next` with an invocation.
  func deliver(_ invocation: Invocation, function: FunctionIdentity) {
    guard case .parked = state else { return }
    state = .idle
    send(NextResponse.bytes(invocation, function: function, keepsAlive: keepsAlive))
    if !keepsAlive { close() }
    process()
    readIfWanted()
  }

  /// Ends a parked `/next` with an answer.
  func refuseNext(_ answer: RuntimeAnswer) {
    guard case .parked = state else { return }
    state = .idle
    write(answer)
  }

  func write(_ answer: RuntimeAnswer) {
    let closes = answer.closes || !keepsAlive
    send(NextResponse.bytes(answer, keepsAlive: !closes))
    if closes { close() }
  }

  func send(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

  func close() {
    guard let context, !isClosing else { return }
    if case .parked = state { environment.left(self) }
    state = .closing
    intake.removeAll()
    end.begin(context, lingering: Self.closeLimit)
    readIfWanted()
  }

  var isClosing: Bool {
    if case .closing = state { true } else { false }
  }
}

extension RuntimeConnection: UploadSource {
  func resumeUpload() { readIfWanted() }

  func answerUpload(_ answer: RuntimeAnswer) {
    receiver = nil
    switch state {
    case .uploading: refuse(answer)
    case .finishing:
      state = .idle
      write(answer)
    default: return
    }
    process()
    readIfWanted()
  }
}
