internal import NIOCore

/// Answers of our own: instead of an upstream's response, and on the reserved paths.
extension ClientConnection {
  private func answerContext(_ facts: RequestFacts?, head: MessageHead?, closes: Bool) -> ProblemResponse.Context {
    var toHead = facts?.method == .head
    if case .request(.head, _, _)? = head?.start { toHead = true }
    return ProblemResponse.Context(
      requestID: facts?.requestID ?? loop.makeRequestID(), version: facts?.version ?? head?.version ?? .http11,
      toHead: toHead, closes: closes, date: loop.dateText(),
      telemetry: loop.shared.configuration.telemetry ? loop.telemetry() : nil, nextHop: loop.shared.shownNextHop)
  }

  /// Instead of an upstream's response. The connection is kept when the request was read to its end.
  func answer(
    _ cause: ProxyCause, detail: FailureDetail = .none, to facts: RequestFacts, requestIsComplete: Bool
  ) {
    let closes = !requestIsComplete || !facts.isPersistent || loop.shared.isDraining
    write(ProblemResponse.make(cause, detail: detail, answerContext(facts, head: nil, closes: closes)), closes: closes)
  }

  func refuse(_ cause: ProxyCause, to facts: RequestFacts) {
    answer(cause, to: facts, requestIsComplete: facts.framing == .none)
  }

  /// What cannot be understood also cannot be followed: where its body ends is unknown, so the connection ends.
  func refuse(_ cause: ProxyCause, head: MessageHead?) {
    write(ProblemResponse.make(cause, answerContext(nil, head: head, closes: true)), closes: true)
  }

  private func write(_ response: ByteBuffer, closes: Bool) {
    guard port.isOpen else { return }
    loop.counters.bytesOut += Int64(response.readableBytes)
    port.send(response)
    port.flush()
    guard port.isOpen else { return }
    if closes { linger() } else { next() }
  }

  func serve(_ path: ReservedPath, _ facts: RequestFacts) {
    let showsInside = role == .admin || loop.shared.configuration.telemetry
    guard facts.method == .get || facts.method == .head else { return refuse(.methodNotAllowed, to: facts) }
    let closes = facts.framing != .none || !facts.isPersistent || loop.shared.isDraining
    let context = answerContext(facts, head: nil, closes: closes)
    switch path {
    case .health: writeText(200, "ok\n", context)
    case .ready: loop.shared.isDraining ? writeText(503, "draining\n", context) : writeText(200, "ready\n", context)
    case .stats where showsInside: serveStats(context)
    case .hello where showsInside: serveHello(facts, context)
    default: refuse(.notFound, to: facts)
    }
  }

  private func writeText(_ status: Int, _ text: String, _ context: ProblemResponse.Context) {
    let response = LocalResponse.make(status: status, type: "text/plain; charset=utf-8", body: text, context: context)
    write(response, closes: context.closes)
  }

  private func serveStats(_ context: ProblemResponse.Context) {
    phase = .exchange
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    // The loops answer when they get to it; this one waits for none of them.
    loop.gatherStats().whenComplete { result in
      let document = (try? result.get()) ?? "{}\n"
      let connection = bound.value
      guard connection.port.isOpen, connection.phase == .exchange else { return }
      let response = LocalResponse.make(status: 200, type: "application/json", body: document, context: context)
      connection.write(response, closes: context.closes)
    }
  }

  private func serveHello(_ facts: RequestFacts, _ context: ProblemResponse.Context) {
    phase = .exchange
    let hello = HelloStream(facts: facts, context: context, port: port, eventLoop: loop.eventLoop) {
      [unowned self] keep in
      self.hello = nil
      self.exchangeFinished(keep: keep)
    }
    self.hello = hello
    hello.start()
  }
}
