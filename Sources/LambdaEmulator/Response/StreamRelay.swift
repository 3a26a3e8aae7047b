internal import NIOCore
internal import NIOHTTP1

/// Passes a streamed response on to the client as it arrives, at the bandwidth of the service.
///
/// Guarantees: never more of the body in memory than one read of the runtime's connection, what is queued towards the client
/// (see `EmulatorServer.highWatermark`), and the prelude. Reads on only when both have room.
final class StreamRelay: ResponseRelay {
  private enum Stage {
    case prelude(PreludeParser)
    case body
    case over
  }

  private let invocation: Invocation
  private weak var source: (any UploadSource)?
  private weak var owner: (any RelayOwner)?
  private let front: FrontKind
  private let loop: any EventLoop
  /// The upload's `Trailer` field.
  private let announcedTrailers: String?
  private var stage: Stage
  private var bucket: TokenBucket?
  private var held = CircularBuffer<ByteBuffer>()
  private var passed = 0
  private var hasEnded = false
  private var trailers: HTTPHeaders?
  private var refillTimer: Scheduled<Void>?

  init(
    _ invocation: Invocation, _ fields: HTTPHeaders, _ configuration: EmulatorConfiguration, source: any UploadSource,
    owner: any RelayOwner, loop: any EventLoop
  ) {
    self.invocation = invocation
    self.source = source
    self.owner = owner
    self.loop = loop
    front = configuration.front
    announcedTrailers = fields.first(name: "trailer")
    if configuration.bandwidth == .aws {
      bucket = TokenBucket(burst: configuration.front == .rest ? 10 << 20 : 6 << 20, now: .now())
    }
    let limit = configuration.front == .rest ? Limits.restPrelude : Limits.functionURLPrelude
    stage = .prelude(PreludeParser(limit: limit))
    invocation.sink.onWritable = { [weak self] in self?.pump() }
    if !Prelude.isAnnounced(by: fields.first(name: "content-type")) { beginWithoutPrelude(fields) }
  }

  /// A REST API needs a prelude; a Function URL passes on what comes.
  private func beginWithoutPrelude(_ fields: HTTPHeaders) {
    guard front != .rest else {
      invocation.note(
        FunctionFailure(type: "Function.InvalidPrelude", cause: .preludeInvalid, message: "no prelude was announced"))
      discardRest(refusing: .preludeInvalid)
      return
    }
    let type = fields.first(name: "content-type") ?? "application/octet-stream"
    let response = FunctionResponse(
      status: 200, statusDescription: nil, fields: [.init(name: "Content-Type", value: type)], cookies: [])
    start(response.isSendable ? response : FunctionResponse(status: 200, fields: [], cookies: []))
  }

  // MARK: Upload

  var wantsMore: Bool { held.isEmpty && !hasEnded && invocation.sink.isWritable }

  func receive(_ buffer: ByteBuffer) {
    held.append(buffer)
  }

  func receivedBurst() { pump() }

  func receivedEnd(_ trailers: HTTPHeaders?) {
    hasEnded = true
    self.trailers = trailers
    pump()
  }

  func uploadBroke() {
    guard !isOver else { return }
    let failure = FunctionFailure(
      type: "Runtime.TruncatedResponse", cause: .functionError, message: "the response broke off")
    invocation.fail(failure, answer: .truncated.closing)
  }

  private var isOver: Bool {
    if case .over = stage { true } else { false }
  }

  // MARK: Towards the client

  private func pump() {
    guard !isOver else { return }
    let now = NIODeadline.now()
    while let buffer = held.first {
      guard bucket?.take(buffer.readableBytes, now: now) ?? true else {
        waitForRefill()
        break
      }
      held.removeFirst()
      pass(buffer)
      // Every write may end it.
      guard !isOver else { return }
      if passed > Limits.stream { return refuseOversize() }
    }
    invocation.sink.flush()
    guard !isOver else { return }
    if hasEnded, held.isEmpty { finish() } else if wantsMore { source?.resumeUpload() }
  }

  private func waitForRefill() {
    guard refillTimer == nil, let bucket else { return }
    refillTimer = loop.assumeIsolated().scheduleTask(deadline: bucket.nextStep) { [weak self] in
      self?.refillTimer = nil
      self?.pump()
    }
  }

  private func pass(_ whole: ByteBuffer) {
    var buffer = whole
    passed &+= buffer.readableBytes
    // Up to the limit all of it arrives.
    if passed > Limits.stream {
      buffer.moveWriterIndex(to: buffer.writerIndex - min(buffer.readableBytes, passed - Limits.stream))
    }
    guard case .prelude(var parser) = stage else {
      invocation.sink.write(buffer)
      return
    }
    // Held by nobody else, or every piece would copy all that came before.
    stage = .body
    var rest = buffer
    switch parser.feed(&rest) {
    case .needsMore: stage = .prelude(parser)
    case .failed(let failure): refusePrelude(failure == .tooLong ? "is too long" : "is not followed by eight NULs")
    case .found(let json):
      guard let response = Prelude.parse(json, multiValue: front == .rest) else {
        return refusePrelude("is not what the front takes")
      }
      start(response)
      if rest.readableBytes > 0 { invocation.sink.write(rest) }
    }
  }

  private func start(_ response: FunctionResponse) {
    stage = .body
    invocation.sink.begin(invocation.sink.rules.streamedHead(response, announcedTrailers: announcedTrailers))
    invocation.sink.flush()
  }

  private func refusePrelude(_ reason: String) {
    invocation.note(
      FunctionFailure(type: "Function.InvalidPrelude", cause: .preludeInvalid, message: "the prelude \(reason)"))
    discardRest(refusing: .preludeInvalid)
  }

  /// The front is done with this response; the function does not learn of it, and uploads on.
  private func discardRest(refusing cause: FrontCause) {
    invocation.sink.refuse(cause)
    stage = .body
  }

  // MARK: Ends

  private func finish() {
    refillTimer?.cancel()
    defer { end(answer: .accepted) }
    let error = TrailerError(trailers)
    if let error {
      invocation.note(
        FunctionFailure(
          type: error.type, cause: .functionError, message: "the function ended its stream with \(error.type)"))
    }
    guard case .body = stage else {
      stage = .over
      invocation.note(
        FunctionFailure(type: "Function.MissingPrelude", cause: .preludeMissing, message: "the response had no prelude")
      )
      invocation.sink.refuse(error == nil ? .preludeMissing : .functionError)
      return
    }
    stage = .over
    switch (error, invocation.sink.rules.trailerEffect) {
    case (nil, _), (_, .clean): invocation.sink.end(trailers: [])
    case (.some, .cut): invocation.sink.cut()
    case (.some(let error), .trailer): invocation.sink.end(trailers: error.fields)
    }
  }

  private func refuseOversize() {
    let failure = FunctionFailure(
      type: "Function.ResponseSizeTooLarge", cause: .responseTooLarge, message: "the stream exceeded 200 MB")
    invocation.fail(failure, answer: .tooLarge)
  }

  func abort(_ failure: FunctionFailure, answer: RuntimeAnswer?) {
    guard !isOver else { return }
    refillTimer?.cancel()
    if case .prelude = stage { invocation.sink.refuse(failure.cause) } else { invocation.sink.cut() }
    stage = .over
    held.removeAll()
    end(answer: answer)
  }

  private func end(answer: RuntimeAnswer?) {
    invocation.sink.onWritable = nil
    if let answer { source?.answerUpload(answer) }
    source = nil
    owner?.relayEnded(invocation)
  }
}

extension FunctionResponse {
  init(status: Int, fields: [Field], cookies: [String]) {
    self.init(status: status, statusDescription: nil, fields: fields, cookies: cookies)
  }
}
