internal import NIOCore
internal import NIOHTTP1

/// What a runtime may call.
extension Environment {
  struct Refusal: Error {
    var answer: RuntimeAnswer
  }

  static let responseModeField = "lambda-runtime-function-response-mode"

  func opened(_ connection: RuntimeConnection) { connections[ObjectIdentifier(connection)] = connection }

  /// Classic: an invocation that went to a connection which was dying is handed to the one behind it.
  func closed(_ connection: RuntimeConnection) {
    connections[ObjectIdentifier(connection)] = nil
    heardOut()
    if failedConnections?.remove(ObjectIdentifier(connection)) != nil, failedConnections?.isEmpty ?? false {
      startOver()
    }
    failForgotten()
    guard !isManaged, !isDying, phase.state == .running, let current = running.first?.value,
      current.carrier === connection, let next = parked.popFirst()
    else { return }
    hand(current, to: next)
  }

  /// A parked call's connection is gone.
  func left(_ connection: RuntimeConnection) { parked.removeAll { $0 === connection } }

  /// The connection is parked: it gets an invocation, now or later, or an answer.
  func next(_ connection: RuntimeConnection) {
    if isDying {
      if phase.state == .sent { settleAnswered() }
      return
    }
    if let failed = failedConnections, !failed.contains(ObjectIdentifier(connection)) { startOver() }
    if isManaged, phase.state == .initError { return connection.refuseNext(.internalError) }
    if !isManaged {
      let before = phase.state
      if let refusal = phase.next() { return connection.refuseNext(refusal) }
      // A runtime that asks again without having answered is handed the same invocation.
      if before == .running, let current = running.first?.value {
        return hand(current, to: connection)
      }
      settleAnswered()
    }
    parked.append(connection)
    failForgotten()
    let isFirst = state != .ready
    if isFirst { becomeReady() }
    owner?.environment(self, parked: isFirst)
    guard let invocation = waiting, !parked.isEmpty else { return }
    waiting = nil
    deliver(invocation)
  }

  /// Attached: where every worker asks for work, one that was started anew cannot know of what was delivered to the one before it.
  private func failForgotten() {
    guard isManaged, configuration.isAttached, parked.count >= configuration.concurrency else { return }
    for invocation in Array(running.values) where invocation.relay == nil && !isOpen(invocation.carrier) {
      invocation.fail(
        FunctionFailure(
          type: "Runtime.ExitError", cause: .functionError, message: "the runtime that had it is gone"))
      settle(invocation)
    }
  }

  private func isOpen(_ connection: RuntimeConnection?) -> Bool {
    connection.map { connections[ObjectIdentifier($0)] != nil } ?? false
  }

  /// Whoever asks for more is through with what it had.
  func settleAnswered() {
    for invocation in Array(running.values) { settle(invocation) }
  }

  private func becomeReady() {
    state = .ready
    initTimer?.cancel()
    initTimer = nil
    if process != nil { initMilliseconds = Double((NIODeadline.now() - startedAt).nanoseconds) / 1e6 }
    if isManaged { _ = phase.next() }
  }

  /// A response begins: who takes its body, or what is answered at once.
  func response(
    _ id: String, _ fields: HTTPHeaders, source: any UploadSource
  ) -> Result<any UploadReceiver, Refusal> {
    guard let invocation = running[id] else { return .failure(Refusal(answer: unknown(id))) }
    if isManaged {
      guard invocation.relay == nil else { return .failure(Refusal(answer: .invalidRequestID)) }
      guard isAttempt(invocation, fields) else { return .failure(Refusal(answer: .invokeTimeout)) }
    } else if let refusal = phase.response() {
      return .failure(Refusal(answer: refusal))
    }
    let mode = fields.first(name: Self.responseModeField) ?? ""
    guard mode.isEmpty || mode == "streaming" else {
      refuseMode(invocation)
      return .failure(Refusal(answer: .invalidResponseMode))
    }
    let relay: any ResponseRelay =
      configuration.invokeMode == .stream
      ? StreamRelay(invocation, fields, configuration, source: source, owner: self, loop: loop)
      : BufferedRelay(invocation, fields, configuration, source: source, owner: self)
    invocation.relay = relay
    return .success(relay)
  }

  /// Classic: the phase stays where no `/next` is allowed any more, and the caller waits for the timeout. That is what AWS's
  /// supervisor does.
  private func refuseMode(_ invocation: Invocation) {
    guard isManaged else { return }
    invocation.fail(
      FunctionFailure(
        type: "Runtime.InvalidResponseModeHeader", cause: .functionError, message: "Invalid function response mode"))
    settle(invocation)
  }

  /// `/error`: before a response, or on Managed Instances in the middle of one.
  func error(_ id: String, _ fields: HTTPHeaders, _ body: ByteBuffer) -> RuntimeAnswer {
    guard body.readableBytes <= errorBodyLimit else { return .tooLarge }
    guard let invocation = running[id] else { return unknown(id) }
    if isManaged, !isAttempt(invocation, fields) { return .invokeTimeout }
    if !isManaged, let refusal = phase.error() { return refusal }
    let failure = Self.failure(fields, body)
    if isManaged {
      // An upload under way ends with it.
      invocation.fail(failure, answer: .internalError.closing)
      settle(invocation)
    } else {
      invocation.fail(failure)
      phase.answered()
      owner?.environmentAnswered(self)
    }
    return .accepted
  }

  func initError(_ fields: HTTPHeaders, _ body: ByteBuffer) -> RuntimeAnswer {
    guard body.readableBytes <= errorBodyLimit else { return .tooLarge }
    let failure = Self.failure(fields, body)
    // On Managed Instances it is taken late, too, once, and nothing comes of it.
    if isManaged, state == .ready, !hasReportedInit {
      hasReportedInit = true
      return .accepted
    }
    if let refusal = hasReportedInit ? .initErrorTwice : phase.initError() { return refusal }
    endReason = failure
    if configuration.isAttached { failedConnections = Set(connections.keys) }
    log.line("INIT_REPORT Phase: init\tStatus: error\tError Type: \(failure.type)\n\(failure.message)")
    refuseWaiting(failure)
    return .accepted
  }

  /// A runtime need not say which attempt it answers; the classic supervisor does not look.
  private func isAttempt(_ invocation: Invocation, _ fields: HTTPHeaders) -> Bool {
    fields.first(name: "lambda-runtime-invocation-id").map { $0 == invocation.attempt } ?? true
  }

  private func unknown(_ id: String) -> RuntimeAnswer { timedOut.consume(id) ? .invokeTimeout : .invalidRequestID }

  private static func failure(_ fields: HTTPHeaders, _ body: ByteBuffer) -> FunctionFailure {
    let text = String(decoding: body.readableBytesView.prefix(2048), as: UTF8.self)
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return FunctionFailure(
      type: ErrorType.valid(fields.first(name: TrailerError.typeField)), cause: .functionError, message: line)
  }
}
