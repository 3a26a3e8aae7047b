internal import NIOCore

/// One invocation: the event's request comes from here, and its response goes to the Runtime API.
///
///     reading ──▶ answering ──all of the response is on its way──▶ sent ──answered──▶ over
///
/// A response that streams is an upload of chunks: the prelude, eight zero bytes, and the body's data as it comes. One that
/// does not is held to its end, so that every failure can still be told. Confined to its event loop.
///
/// Its life from top to bottom: it begins and ends here; `Invocation+Request` makes a request of the event,
/// `Invocation+Response` gives the response its form, `Invocation+Upload` sends it and says how it ended, and
/// `Invocation+Time` looks at the clock meanwhile.
final class Invocation: Ingress {
  enum Phase { case reading, answering, sent, over }

  let key: InvocationKey
  let loop: LoopContext
  let port: ChannelPort
  let worker: LambdaWorker
  let settings: LambdaSettings
  let trace: String?
  var phase = Phase.reading

  // The request.
  private var event: ByteBuffer
  var exchange: Exchange?
  var request: RequestSummary?
  var caller = InvocationCaller()
  /// What came with the event, until there is an upstream.
  var body = ByteBuffer()

  // The response.
  var hello: HelloStream?
  var logAnswer: ((_ bytes: Int) -> Void)?
  var refusal: ProxyCause?
  var upload = InvocationUpload()
  var requestID: String?

  // Time.
  let since: NIODeadline
  private var deadline: Scheduled<Void>?
  var progress: InvocationProgress

  var id: String { key.id }
  var invocationID: String? { id }
  var role: IngressRole { .main }

  init(key: InvocationKey, reply: RuntimeReply, worker: LambdaWorker, connection: RuntimeConnection) {
    self.key = key
    self.worker = worker
    loop = worker.loop
    port = connection.port
    settings = worker.runtime.settings
    trace = reply.field("lambda-runtime-trace-id")
    event = reply.body
    since = worker.loop.readClock()
    progress = InvocationProgress(at: since)
    deadline = schedule(reply.field("lambda-runtime-deadline-ms"))
  }

  // MARK: The beginning

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
    case .healthCheck(let front, let isHead): answerHealthCheck(InvocationCaller(healthCheckOf: front, isHead: isHead))
    case .warmUp: sendDocument(ByteBuffer(string: #"{"status":"warm","instance":"\#(loop.shared.instance)"}"#))
    case .foreign:
      report(
        ErrorReport(
          type: "Function.NotAnHTTPEvent",
          message: "only events of Function URLs, API Gateway and Application Load Balancers are served"))
    }
  }

  func beginAnswer() { phase = .answering }
  var isAnswering: Bool { phase == .answering && port.isOpen }

  // MARK: The end

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
    stopHello()
    exchange?.clientEnded(.clientAbort)
    _ = loop.remove(self)
  }

  func drain() {}

  func abortForShutdown() -> Bool {
    guard phase == .answering else { return false }
    stopHello()
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

  func stopHello() {
    hello?.stop()
    hello = nil
  }

  var bufferedBytes: Int {
    port.bufferedBytes + body.readableBytes + (upload.whole?.heldBytes ?? 0) + (exchange?.bufferedBytes ?? 0)
  }
}
