internal import NIOCore

/// What every request goes through, wherever it came from.
extension Ingress {
  /// Answers what concerns the proxy itself, and begins an exchange for everything else.
  ///
  /// - Parameter makeID: called where the client brought no request id that is kept.
  func serve(_ head: MessageHead, makeID: () -> String) {
    let configuration = loop.shared.configuration
    let facts: RequestFacts
    do {
      facts = try RequestRules.read(head, acceptsID: configuration.acceptsRequestID, makeID: makeID)
    } catch {
      request = loop.summary(head, nil)
      return refuse(error, head: head)
    }
    request = loop.summary(head, facts)
    if let path = ReservedPath.of(head, facts) { return serve(path, facts) }
    guard role == .main, let target = configuration.upstream else { return refuse(.notFound, to: facts) }
    if facts.endsHere { return answerOptions(facts) }
    let out: ByteBuffer
    do { out = try requestHead(head, facts, to: target) } catch {
      return refuse(error, to: facts)
    }
    if case .length(let length) = facts.framing, loop.limits.requestBody > 0, length > loop.limits.requestBody {
      return refuse(.requestBodyTooLarge, to: facts)
    }
    let need = loop.limits.need(of: facts)
    guard loop.shared.memory.claim(need, at: loop.now) else { return refuse(.memoryLimit, to: facts) }
    beginAnswer()
    let exchange = Exchange(
      facts: facts, requestHead: out, target: target, client: self, loop: loop, reserved: need)
    self.exchange = exchange
    exchange.start()
  }
}
