internal import NIOCore

/// What goes to the Runtime API, and how it ends: each way leads to `finishSending`, but for a reset.
extension Invocation {
  /// A whole answer of our own.
  func write(_ answer: ByteBuffer, closes: Bool) {
    phase = .answering
    var message = answer
    refusal = nil
    do {
      let opening = try open(&message, length: nil)
      loop.counters.bytesOut += Int64(answer.readableBytes)
      port.send(opening)
      frame(message) { port.send($0) }
      close()
    } catch {
      report(ErrorReport(error, requestID: requestID))
    }
  }

  func answerHealthCheck(_ caller: InvocationCaller) {
    self.caller = caller
    let context = ProblemResponse.Context(
      requestID: id, version: .http11, toHead: caller.isHead, closes: false, date: loop.dateText())
    let type: StaticString = "text/plain; charset=utf-8"
    write(LocalResponse.make(status: 200, type: type, body: "ok\n", context: context), closes: false)
  }

  /// The upstream's response is whole.
  func exchangeFinished(keep: Bool) { close() }

  /// The end of a response that is whole.
  private func close() {
    guard phase != .sent, phase != .over else { return }
    if streams {
      if let sentinel = upload.sentinel { RuntimeWire.chunk(sentinel) { port.send($0) } }
      port.send(RuntimeWire.end)
      return finishSending()
    }
    let document = upload.whole?.finish()
    upload.whole = nil
    if let document { return sendDocument(document) }
    // Half a character at the end made base64 of a text that only fitted as text. Nothing was sent, so it can be told.
    let context = ProblemResponse.Context(
      requestID: requestID ?? id, version: .http11, toHead: caller.isHead, closes: false, date: loop.dateText())
    write(ProblemResponse.make(.responseTooLarge, detail: limitDetail, context), closes: false)
  }

  /// In pieces, so that each is a chunk of moderate size.
  func sendDocument(_ document: ByteBuffer) {
    var document = document
    port.send(worker.runtime.wire.whole(key))
    while let piece = document.readSlice(length: min(LambdaSettings.pieceBytes, document.readableBytes)),
      piece.readableBytes > 0
    {
      RuntimeWire.chunk(piece) { port.send($0) }
    }
    port.send(RuntimeWire.end)
    finishSending()
  }

  /// The response will not be whole. What of it has gone out must not look as if it were.
  func abort(_ cause: ProxyCause, reset: Bool) {
    guard phase == .answering else { return }
    guard streams, upload.isOpen else { return report(ErrorReport(cause, requestID: requestID)) }
    switch settings.abort {
    case .trailers:
      port.send(RuntimeWire.end(ErrorReport(cause, requestID: requestID)))
      finishSending()
    case .reset:
      phase = .sent
      worker.breakOff(self)
    }
  }

  /// The invocation failed, and nothing of a response was sent.
  func report(_ report: ErrorReport) {
    guard phase != .sent, phase != .over else { return }
    worker.runtime.log.error("\(report.type): \(report.message)", invocation: id)
    port.send(worker.runtime.wire.error(key, report))
    finishSending()
  }

  private func finishSending() {
    phase = .sent
    progress.note(loop.readClock())
    port.flush()
    guard port.isOpen else { return }
    worker.sent(self)
  }
}
