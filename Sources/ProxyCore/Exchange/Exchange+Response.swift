internal import NIOCore

/// The response, upstream to client.
extension Exchange {
  /// A body this small goes out in one piece with its head.
  private static let inlineBody = 4096

  func upstreamRead(_ bytes: ByteBuffer) {
    guard isLive else { return }
    // A head has one limit in all: bytes that drip in do not extend it.
    if machine.phase == .streaming { upstreamProgress = loop.now }
    responseBytes()
    spill()
    guard isLive else { return }
    loop.counters.bytes.add(.fromUpstream, Int64(bytes.readableBytes))
    var bytes = bytes
    if responseIsWhole {
      sawExcess = true
    } else if responseRelay != nil {
      relayBody(&bytes)
    } else {
      readHead(&bytes)
    }
  }

  /// One flush for everything that one read brought.
  func upstreamReadComplete() {
    guard isLive else { return }
    client.port.flush()
    guard isLive else { return }
    noteBuffered()
    if responseIsWhole {
      complete()
    } else if maySplice {
      goOnSplicing()
    } else if !client.port.canTakeMore() {
      upstream?.pause()
      notePause(for: .client)
    }
  }

  /// What waits in user space comes first.
  private func goOnSplicing() {
    guard client.port.outbox.backlog > 0 else { return splice() }
    upstream?.pause()
    notePause(for: .client)
    client.port.awaitDrain()
  }

  func clientCanTakeMore() {
    upstreamProgress = loop.now
    noteResumption(for: .client)
    if pipe != nil || maySplice {
      goOnSplicing()
    } else {
      upstream?.resume()
    }
  }

  /// The upstream's clean end. True when that makes the response whole.
  func finishResponse() -> Bool {
    spill()
    guard isLive else { return true }
    guard
      let progress = responseRelay?.finish(emit: { piece in
        releaseHead()
        sendBody(piece)
      }), progress == .complete
    else { return false }
    releaseHead()
    responseIsWhole = true
    client.port.flush()
    guard isLive else { return true }
    complete()
    return true
  }

  private func readHead(_ bytes: inout ByteBuffer) {
    if heldHead.readableBytes == 0 { heldHead = bytes } else { heldHead.writeBuffer(&bytes) }
    bytes = ByteBuffer()
    while isLive, responseRelay == nil {
      switch responseParser.parse(&heldHead) {
      case .incomplete: return heldHead = heldHead.fitted()
      case .fault(let fault): return fail(ProxyCause(response: fault))
      case .head(let head):
        guard case .response(let status, _) = head.start else { return fail(.malformedResponse) }
        let isInterim = status < 200 && status != 101
        if isInterim { passInterim(head, status) } else { passHead(head) }
      }
    }
  }

  private func passInterim(_ head: MessageHead, _ status: Int) {
    interimCount += 1
    if interimCount > ProxyLimits.interimResponses { return fail(.tooManyInterim) }
    if head.count(of: .contentLength) > 0, head.count(of: .transferEncoding) > 0 { return fail(.lengthAndChunked) }
    // HTTP/1.0 knows no interim responses; a 100 goes only to who asked for it (RFC 9110 §15.2).
    guard client.delivery.takesInterim, facts.version == .http11, status != 100 || facts.expectsContinue else { return }
    if status == 100 {
      awaitsContinue = false
      clientProgress = loop.now
    }
    send(ResponseForwarding.interim(head))
  }

  private func passHead(_ head: MessageHead) {
    let response: ResponseFacts
    let delivery = client.delivery
    do {
      response = try ResponseFacts.read(head, toHead: facts.method == .head, framing: delivery.framing)
    } catch { return fail(error) }
    noteHead(head, response)
    let holds = loop.limits.holdHead > .zero && response.hasBody
    // What cannot go out this way is told before anything has.
    var out: ByteBuffer
    do { out = try client.responseHead(head, response, forwardingContext(response)) } catch { return fail(error) }
    _ = responseHeadPassed(response, hold: holds || delivery.isWhole)
    upstreamProgress = loop.now
    var rest = heldHead
    heldHead = ByteBuffer()
    responseRelay = BodyRelay(
      response.framing, conversion: response.conversion, keepsTrailers: facts.acceptsTrailers,
      options: response.options, limits: loop.limits.requestHead)
    if response.clientFraming == .close { client.port.armReset() }
    upstream?.readLittle(maySplice)
    if holds, !delivery.isWhole { return holdBack(out, rest: &rest) }
    if rest.readableBytes <= Self.inlineBody {
      relay(&rest) {
        client.frame($0) { out.writeImmutableBuffer($0) }
      } then: {
        send(out)
      }
    } else {
      send(out)
      relayBody(&rest)
    }
  }

  private func forwardingContext(_ response: ResponseFacts) -> ResponseForwarding.Context {
    ResponseForwarding.Context(
      viaToken: loop.shared.viaToken, requestID: facts.requestID, clientVersion: facts.version,
      acceptsTrailers: facts.acceptsTrailers, toHead: facts.method == .head,
      closes: machine.closesClient(after: response, clientPersists: clientPersists),
      telemetry: loop.shared.configuration.telemetry ? loop.telemetry() : nil, serverTiming: serverTiming)
  }

  private func holdBack(_ head: ByteBuffer, rest: inout ByteBuffer) {
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    let release = loop.eventLoop.scheduleTask(in: TimeAmount(loop.limits.holdHead)) {
      let exchange = bound.value
      guard exchange.isLive else { return }
      exchange.releaseHead()
      exchange.client.port.flush()
    }
    hold = HeldHead(head, release: release)
    if rest.readableBytes > 0 { relayBody(&rest) }
  }

  private func releaseHead() {
    guard let hold else { return }
    hold.cancel()
    self.hold = nil
    headReleased()
    send(hold.head)
  }

  private func relayBody(_ bytes: inout ByteBuffer) {
    releaseHead()
    relay(&bytes) {
      sendBody($0)
    } then: {
    }
  }

  /// - Parameter finally: called before the outcome is acted on.
  private func relay(_ bytes: inout ByteBuffer, emit: (ByteBuffer) -> Void, then finally: () -> Void) {
    let progress = responseRelay?.receive(&bytes, emit: emit) ?? .fault
    finally()
    if let refusal = client.refusal { return fail(refusal) }
    switch progress {
    case .more: break
    case .complete:
      responseIsWhole = true
      if bytes.readableBytes > 0 { sawExcess = true }
    case .fault: fail(.malformedResponse)
    }
  }

  private func sendBody(_ piece: ByteBuffer) {
    if prime(piece) { return countOut(piece.readableBytes) }
    client.frame(piece) { send($0) }
  }

  private func send(_ bytes: ByteBuffer) {
    countOut(bytes.readableBytes)
    client.port.send(bytes)
  }
}
