internal import NIOCore

/// Answers of our own: instead of an upstream's response, and on the reserved paths.
extension Ingress {
  private func answerContext(_ facts: RequestFacts?, head: MessageHead?, closes: Bool) -> ProblemResponse.Context {
    var toHead = facts?.method == .head
    if case .request(.head, _, _)? = head?.start { toHead = true }
    let configuration = loop.shared.configuration
    return ProblemResponse.Context(
      requestID: facts?.requestID ?? requestID(head), version: facts?.version ?? head?.version ?? .http11,
      toHead: toHead, closes: closes, date: loop.dateText(),
      telemetry: configuration.telemetry ? loop.telemetry() : nil,
      serverTiming: configuration.serverTiming ? ServerTiming(total: loop.readClock() - since, origin: nil) : nil,
      nextHop: loop.shared.shownNextHop)
  }

  /// Where a response that is too large for this way can be had.
  private func redirected(_ context: ProblemResponse.Context, _ cause: ProxyCause) -> ProblemResponse.Context {
    guard cause == .oversizeRedirected else { return context }
    var context = context
    context.location = location
    return context
  }

  /// A refused request's own id where it is good for it.
  private func requestID(_ head: MessageHead?) -> String {
    let accepted = loop.shared.configuration.acceptsRequestID ? head.flatMap(RequestRules.acceptedID) : nil
    return accepted ?? invocationID ?? loop.makeRequestID()
  }

  /// Instead of an upstream's response; the exchange has told of its end. The connection is kept when the request was read
  /// to its end.
  func answer(
    _ cause: ProxyCause, detail: FailureDetail = .none, to facts: RequestFacts, requestIsComplete: Bool
  ) {
    let closes = !requestIsComplete || !facts.isPersistent || loop.shared.isDraining
    let context = redirected(answerContext(facts, head: nil, closes: closes), cause)
    let response = ProblemResponse.make(cause, detail: detail, context)
    logAnswer?(response.readableBytes)
    logAnswer = nil
    write(response, closes: closes)
  }

  func refuse(_ cause: ProxyCause, to facts: RequestFacts) {
    let closes = facts.framing != .none || !facts.isPersistent || loop.shared.isDraining
    refuse(cause, answerContext(facts, head: nil, closes: closes))
  }

  /// What cannot be understood also cannot be followed: where its body ends is unknown, so the connection ends.
  func refuse(_ cause: ProxyCause, head: MessageHead?) {
    refuse(cause, answerContext(nil, head: head, closes: true))
  }

  private func refuse(_ cause: ProxyCause, _ context: ProblemResponse.Context) {
    let response = ProblemResponse.make(cause, detail: cause == .responseTooLarge ? limitDetail : .none, context)
    let end = StreamEnd.of(cause, phase: .request, status: nil)
    ended(end, requestID: context.requestID, bytes: response.readableBytes)
    write(response, closes: context.closes)
  }

  func answerOptions(_ facts: RequestFacts) {
    let closes = facts.framing != .none || !facts.isPersistent || loop.shared.isDraining
    let context = answerContext(facts, head: nil, closes: closes)
    writeLocal(200, LocalResponse.options(context), context)
  }

  // MARK: Reserved paths

  func serve(_ path: ReservedPath, _ facts: RequestFacts) {
    let showsInside = role == .admin || loop.shared.configuration.telemetry
    let closes = facts.framing != .none || !facts.isPersistent || loop.shared.isDraining
    let context = answerContext(facts, head: nil, closes: closes)
    if case .relay(let mode?) = path, role == .admin { return setRelay(mode, facts, context) }
    guard facts.method == .get || facts.method == .head else { return deny(.methodNotAllowed, context) }
    switch path {
    case .health: writeText(200, "ok\n", context)
    case .ready: loop.shared.isDraining ? writeText(503, "draining\n", context) : writeText(200, "ready\n", context)
    case .stats where showsInside: serve(.stats, context)
    case .metrics where showsInside: serve(.metrics, context)
    case .hello where showsInside || alwaysGreets: serveHello(facts, context)
    case .relay(nil) where showsInside: writeText(200, "\(loop.shared.relay)\n", context)
    default: deny(.notFound, context)
    }
  }

  /// Changes something, so it takes a POST, and is asked for where clients are not.
  private func setRelay(_ mode: RelayMode, _ facts: RequestFacts, _ context: ProblemResponse.Context) {
    guard facts.method == .post else { return deny(.methodNotAllowed, context) }
    loop.shared.setRelay(mode)
    writeText(200, "\(mode)\n", context)
  }

  private func deny(_ cause: ProxyCause, _ context: ProblemResponse.Context) {
    writeLocal(cause.status, ProblemResponse.make(cause, context), cause: cause, context)
  }

  private func writeText(_ status: Int, _ text: String, _ context: ProblemResponse.Context) {
    let type: StaticString = "text/plain; charset=utf-8"
    writeLocal(status, LocalResponse.make(status: status, type: type, body: text, context: context), context)
  }

  private func writeLocal(
    _ status: Int, _ response: ByteBuffer, cause: ProxyCause? = nil, _ context: ProblemResponse.Context
  ) {
    ended(.local(status, cause: cause), requestID: context.requestID, bytes: response.readableBytes)
    write(response, closes: context.closes)
  }

  private func serve(_ document: TelemetryDocument, _ context: ProblemResponse.Context) {
    beginAnswer()
    Gathering.begin(document, for: self) { ingress, text in
      guard let text else { return ingress.deny(.internalError, context) }
      let response = LocalResponse.make(status: 200, type: document.type, body: text, context: context)
      ingress.writeLocal(200, response, context)
    }
  }

  private func serveHello(_ facts: RequestFacts, _ context: ProblemResponse.Context) {
    beginAnswer()
    let hello = HelloStream(facts: facts, context: context, ingress: self) { [self] keep in
      self.hello = nil
      self.ended(.local(200), requestID: context.requestID, bytes: 0)
      self.exchangeFinished(keep: keep)
    }
    self.hello = hello
    hello.start()
  }
}

/// What all loops tell together, for one ingress that waits for it.
private enum Gathering {
  /// The loops answer when they get to it; this one waits for none of them.
  static func begin(
    _ document: TelemetryDocument, for ingress: any Ingress, then answer: @escaping (any Ingress, String?) -> Void
  ) {
    let bound = NIOLoopBound((ingress, answer), eventLoop: ingress.loop.eventLoop)
    ingress.loop.gather(document).whenComplete { result in
      let (ingress, answer) = bound.value
      if ingress.isAnswering { answer(ingress, try? result.get()) }
    }
  }
}
