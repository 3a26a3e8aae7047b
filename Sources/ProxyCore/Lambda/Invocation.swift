internal import NIOCore

/// One invocation: the event's request comes from here, and its response goes to the Runtime API.
///
///     reading ──▶ answering ──all of the response is on its way──▶ sent ──answered──▶ over
///
/// A response that streams is an upload of chunks: the prelude, eight zero bytes, and the body's data as it comes. One that
/// does not is held to its end, so that every failure can still be told. Confined to its event loop.
final class Invocation: Ingress {
  enum Phase { case reading, answering, sent, over }

  let key: InvocationKey
  let loop: LoopContext
  let port: ChannelPort
  private let worker: LambdaWorker
  private let settings: LambdaSettings
  private let trace: String?
  private var event: ByteBuffer
  private(set) var phase = Phase.reading
  private let begunAt: NIODeadline
  private var deadline: Scheduled<Void>?

  // The request.
  var exchange: Exchange?
  var request: RequestSummary?
  private(set) var clientAddress = "unknown"
  private var body = ByteBuffer()
  private var isTLS = true
  private var isRetrieval = false
  private var isHead = false
  private var path = ""

  // The response.
  private var front = LambdaEvent.Front.functionURL
  var hello: HelloStream?
  var logAnswer: ((_ bytes: Int) -> Void)?
  private(set) var refusal: ProxyCause?
  private var whole: BufferedResponse?
  private var uploaded: Int64 = 0
  private var sentinel: ByteBuffer?
  /// The response has its beginning.
  private var isOpen = false
  private var requestID: String?
  private var delivered: Int64 = 0
  private var progress: NIODeadline

  var id: String { key.id }

  init(key: InvocationKey, reply: RuntimeReply, worker: LambdaWorker, connection: RuntimeConnection) {
    self.key = key
    self.worker = worker
    loop = worker.loop
    port = connection.port
    settings = worker.runtime.settings
    trace = reply.field("lambda-runtime-trace-id")
    event = reply.body
    begunAt = worker.loop.readClock()
    progress = begunAt
    deadline = schedule(reply.field("lambda-runtime-deadline-ms"))
  }

  func begin() {
    loop.add(self)
    let event = event
    self.event = ByteBuffer()
    let content: EventContent
    do {
      content = try event.withUnsafeReadableBytes { bytes throws(RawEvent.Malformed) in try EventReader.read(bytes) }
    } catch {
      return report(ErrorReport(type: "Function.MalformedEvent", message: "the event is not the JSON of a known front"))
    }
    switch content {
    case .request(let event): serve(event)
    case .healthCheck(let front, let isHead):
      self.front = front
      self.isHead = isHead
      answerHealthCheck()
    case .warmUp: sendDocument(ByteBuffer(string: #"{"status":"warm","instance":"\#(loop.shared.instance)"}"#))
    case .foreign:
      report(
        ErrorReport(
          type: "Function.NotAnHTTPEvent",
          message: "only events of Function URLs, API Gateway and Application Load Balancers are served"))
    }
  }

  private func serve(_ event: LambdaEvent) {
    front = event.front
    isTLS = event.isTLS
    if let address = event.sourceAddress, IPAddress.parse(address) != nil { clientAddress = address }
    body = ByteBuffer(bytes: event.body)
    isHead = event.method == "HEAD"
    isRetrieval = isHead || event.method == "GET"
    var message: ByteBuffer
    do { message = try EventRequest.head(event, trace: trace) } catch { return refuse(error, head: nil) }
    var parser = HeadParser(.request, limits: loop.limits.requestHead)
    switch parser.parse(&message) {
    case .incomplete: refuse(.malformedRequest, head: nil)
    case .fault(let fault): refuse(ProxyCause(request: fault), head: nil)
    case .head(let head):
      if case .request(_, _, let target) = head.start { path = head.text(target) }
      serve(head) { id }
    }
  }

  // MARK: Ingress: the request

  var role: IngressRole { .main }
  var unreadBytes: Int { 0 }
  var since: NIODeadline { begunAt }
  var invocationID: String? { id }
  /// The whole of it came with the event.
  var isRequestPaused: Bool { false }
  func pauseRequest() {}
  func resumeRequest() {}

  func feedRequestBody(to exchange: Exchange) {
    guard body.readableBytes > 0 else { return }
    var bytes = body
    body = ByteBuffer()
    _ = exchange.clientRead(&bytes)
  }

  func forwardingContext(_ target: UpstreamTarget) -> RequestForwarding.Context {
    let configuration = loop.shared.configuration
    return RequestForwarding.Context(
      upstream: target, hostPolicy: configuration.hostPolicy, hopToken: loop.shared.hopToken,
      writesVia: configuration.via, clientAddress: clientAddress,
      trustsPeer: configuration.trustedProxies.contains { $0.contains(clientAddress) }, localPort: isTLS ? 443 : 80,
      scheme: isTLS ? "https" : "http")
  }

  // MARK: Ingress: the response

  private var streams: Bool { settings.mode == .stream && !front.neverStreams }
  var delivery: ResponseDelivery { ResponseDelivery(framing: .bare, takesInterim: false, isWhole: !streams) }
  var alwaysGreets: Bool { true }
  func beginAnswer() { phase = .answering }
  var isAnswering: Bool { phase == .answering && port.isOpen }

  var limitDetail: FailureDetail {
    if streams { return .limit(settings.streamLimit, of: "a response that streams") }
    if case .balancer = front {
      return .limit(LambdaSettings.balancerLimit, of: "a response to a load balancer, as JSON")
    }
    return .limit(
      LambdaSettings.bufferedLimit, of: "a buffered response, as JSON; GZPROXY_LAMBDA_MODE=stream has none of 6 MB")
  }

  /// Where a client may ask instead, for a response that is too large.
  var location: String? { loop.shared.configuration.upstream.map { $0.origin + $0.pathPrefix + path } }

  func responseHead(
    _ head: MessageHead, _ response: ResponseFacts, _ context: ResponseForwarding.Context
  ) throws(ProxyCause) -> ByteBuffer {
    requestID = context.requestID
    guard (200...599).contains(response.status) else { throw .malformedResponse }
    var length: Int64?
    if case .length(let known) = response.framing { length = known }
    if !response.hasBody { length = 0 }
    var message = ResponseForwarding.head(head, response, context)
    do {
      return try open(&message, length: length)
    } catch {
      throw error == .responseTooLarge ? tooLarge : error
    }
  }

  /// What a response that is too large becomes while nothing of it has gone out.
  private var tooLarge: ProxyCause {
    settings.redirectsOversize && isRetrieval ? .oversizeRedirected : .responseTooLarge
  }

  func streamedHead(_ head: ByteBuffer) -> ByteBuffer {
    var message = head
    return (try? open(&message, length: nil)) ?? ByteBuffer()
  }

  /// The beginning of a response.
  ///
  /// - Parameter length: of the body, where it is known.
  private func open(_ message: inout ByteBuffer, length: Int64?) throws(ProxyCause) -> ByteBuffer {
    guard var head = LambdaResponseHead(&message, limits: Self.ownLimits(loop.limits)) else { throw .internalError }
    guard streams else {
      whole = try BufferedResponse(head, front: front, length: length)
      isOpen = true
      return ByteBuffer()
    }
    let isWanted = settings.sentinel == .on || settings.sentinel == .auto && front == .functionURL
    sentinel = isWanted ? EmptyBody.sentinel(head, toHead: isHead) : nil
    // A length of zero before a byte would say that something is there which should not be.
    if sentinel != nil, length == 0 { head.removeLength() }
    let prelude = ByteBuffer(string: head.prelude)
    let opening = prelude.readableBytes + LambdaResponseHead.delimiter.readableBytes
    guard opening <= LambdaSettings.preludeLimit else { throw .responseHeadTooLarge }
    guard length ?? 0 <= settings.streamLimit - Int64(opening) else { throw .responseTooLarge }
    uploaded = Int64(opening)
    isOpen = true
    var out = worker.runtime.wire.stream(key)
    RuntimeWire.chunk(prelude) { out.writeImmutableBuffer($0) }
    RuntimeWire.chunk(LambdaResponseHead.delimiter) { out.writeImmutableBuffer($0) }
    return out
  }

  /// A head of our own making has a few fields more than the upstream's, and a status line of ours.
  private static func ownLimits(_ limits: ProxyLimits) -> HeadLimits {
    var own = limits.requestHead
    own.fieldCount += 32
    own.fieldBytes += 8192
    own.startLine += 64
    return own
  }

  func frame(_ piece: ByteBuffer, emit: (ByteBuffer) -> Void) {
    guard refusal == nil, piece.readableBytes > 0 else { return }
    guard streams else {
      if whole?.append(piece) != true { refusal = tooLarge }
      return
    }
    uploaded += Int64(piece.readableBytes)
    guard uploaded <= settings.streamLimit else {
      refusal = .responseTooLarge
      return
    }
    sentinel = nil
    RuntimeWire.chunk(piece, emit: emit)
  }

  func exchangeFinished(keep: Bool) { close() }

  /// The end of a response that is whole.
  private func close() {
    guard phase != .sent, phase != .over else { return }
    if streams {
      if let sentinel { RuntimeWire.chunk(sentinel) { port.send($0) } }
      port.send(RuntimeWire.end)
      return finishSending()
    }
    let document = whole?.finish()
    whole = nil
    if let document { return sendDocument(document) }
    // Half a character at the end made base64 of a text that only fitted as text. Nothing was sent, so it can be told.
    let context = ProblemResponse.Context(
      requestID: requestID ?? id, version: .http11, toHead: isHead, closes: false, date: loop.dateText())
    write(ProblemResponse.make(.responseTooLarge, detail: limitDetail, context), closes: false)
  }

  func abort(_ cause: ProxyCause, reset: Bool) {
    guard phase == .answering else { return }
    guard streams, isOpen else { return report(ErrorReport(cause, requestID: requestID)) }
    switch settings.abort {
    case .trailers:
      port.send(RuntimeWire.end(ErrorReport(cause, requestID: requestID)))
      finishSending()
    case .reset:
      phase = .sent
      worker.breakOff(self)
    }
  }

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

  private func answerHealthCheck() {
    let context = ProblemResponse.Context(
      requestID: id, version: .http11, toHead: isHead, closes: false, date: loop.dateText())
    let type: StaticString = "text/plain; charset=utf-8"
    write(LocalResponse.make(status: 200, type: type, body: "ok\n", context: context), closes: false)
  }

  /// In pieces, so that each is a chunk of moderate size.
  private func sendDocument(_ document: ByteBuffer) {
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

  /// The invocation failed, and nothing of a response was sent.
  private func report(_ report: ErrorReport) {
    guard phase != .sent, phase != .over else { return }
    worker.runtime.log.error("\(report.type): \(report.message)", invocation: id)
    port.send(worker.runtime.wire.error(key, report))
    finishSending()
  }

  private func finishSending() {
    phase = .sent
    progress = loop.readClock()
    port.flush()
    guard port.isOpen else { return }
    worker.sent(self)
  }

  // MARK: Time

  private func schedule(_ text: String?) -> Scheduled<Void>? {
    guard let text, let milliseconds = Int64(text) else { return nil }
    let now = Int64(clamping: WallClock.milliseconds())
    // Some emulators name a moment long past, others one weeks ahead.
    let (left, overflows) = milliseconds.subtractingReportingOverflow(now)
    guard !overflows, left > 0, .milliseconds(left) < LambdaSettings.longestInvocation else { return nil }
    let time = Duration.milliseconds(left)
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    return loop.eventLoop.scheduleTask(in: TimeAmount(time - min(settings.margin, time / 2))) {
      bound.value.timeIsOver()
    }
  }

  private func timeIsOver() {
    guard phase == .answering else { return }
    if let exchange { return exchange.fail(.invocationDeadline) }
    hello?.stop()
    hello = nil
    abort(.invocationDeadline, reset: true)
  }

  func tick(_ now: NIODeadline) {
    if phase == .answering { exchange?.tick(now) }
    guard phase == .answering || phase == .sent else { return }
    port.refresh()
    let taken = port.delivered
    if taken != delivered || (phase == .answering && port.outbox.backlog == 0) {
      delivered = taken
      progress = now
    }
    let limit = phase == .sent ? LambdaSettings.replyLimit : loop.limits.clientWrite
    guard progress.isOlder(than: limit, at: now) else { return }
    exchange?.clientEnded(.clientWriteTimeout)
    worker.giveUp(self)
  }

  func canTakeMore() {
    progress = loop.now
    exchange?.clientCanTakeMore()
  }

  // MARK: The end

  var bufferedBytes: Int {
    port.bufferedBytes + body.readableBytes + (whole?.heldBytes ?? 0) + (exchange?.bufferedBytes ?? 0)
  }

  /// Nobody wants the response any more.
  func abandoned(_ cause: ProxyCause) {
    phase = .over
    exchange?.clientEnded(cause)
    finished()
  }

  /// The worker is done with it.
  func finished() {
    phase = .over
    deadline?.cancel()
    deadline = nil
    hello?.stop()
    hello = nil
    exchange?.clientEnded(.clientAbort)
    _ = loop.remove(self)
  }

  func drain() {}

  func abortForShutdown() -> Bool {
    guard phase == .answering else { return false }
    hello?.stop()
    hello = nil
    guard let exchange else {
      abort(.draining, reset: true)
      return true
    }
    let facts = exchange.facts
    if exchange.abortForShutdown() {
      abort(.draining, reset: true)
    } else {
      answer(.draining, to: facts, requestIsComplete: true)
    }
    return true
  }
}
