internal import NIOCore
internal import NIOHTTP1

/// Takes a response whole, up to what Lambda allows, then hands it to the client as the front understands it.
final class BufferedRelay: ResponseRelay {
  private let invocation: Invocation
  private weak var source: (any UploadSource)?
  private weak var owner: (any RelayOwner)?
  private let configuration: EmulatorConfiguration
  private let hasPrelude: Bool
  private var payload = ByteBuffer()
  private var isOver = false

  init(
    _ invocation: Invocation, _ fields: HTTPHeaders, _ configuration: EmulatorConfiguration, source: any UploadSource,
    owner: any RelayOwner
  ) {
    self.invocation = invocation
    self.source = source
    self.owner = owner
    self.configuration = configuration
    hasPrelude = Prelude.isAnnounced(by: fields.first(name: "content-type"))
  }

  let wantsMore = true

  func receive(_ buffer: ByteBuffer) {
    guard !isOver else { return }
    guard payload.readableBytes + buffer.readableBytes <= Limits.payload else {
      let failure = FunctionFailure(
        type: "Function.ResponseSizeTooLarge", cause: .responseTooLarge,
        message: "Response payload size exceeded maximum allowed payload size (\(Limits.payload) bytes).")
      return invocation.fail(failure, answer: .tooLarge)
    }
    payload.writeImmutableBuffer(buffer)
  }

  func receivedBurst() {}

  func receivedEnd(_ trailers: HTTPHeaders?) {
    guard !isOver else { return }
    if let error = TrailerError(trailers) {
      return invocation.fail(
        FunctionFailure(
          type: error.type, cause: .functionError, message: "the function ended its response with \(error.type)"),
        answer: .accepted)
    }
    do { try send(try parsed()) } catch {
      // Lambda has a whole response; that the front can make nothing of it stays between the two.
      invocation.note(
        FunctionFailure(
          type: "Function.\(error.cause == .responseTooLarge ? "ResponseSizeTooLarge" : "MalformedResponse")",
          cause: error.cause, message: "the front cannot use the response: \(error.cause.rawValue)"))
      invocation.sink.refuse(error.cause)
    }
    end(answer: .accepted)
  }

  private func parsed() throws(FrontRefusal) -> BufferedResponse {
    // A streaming response towards a caller that buffers: a REST API makes status and fields of it and drops the body.
    if hasPrelude, configuration.front == .rest {
      var parser = PreludeParser(limit: Limits.restPrelude)
      guard case .found(let json) = parser.feed(&payload), let response = Prelude.parse(json, multiValue: true) else {
        throw FrontRefusal(cause: .malformedResponse)
      }
      return BufferedResponse(response: response, body: [])
    }
    return try BufferedResponse.parse(
      Array(payload.readableBytesView), front: configuration.front, albMultiValue: configuration.albMultiValue)
  }

  private func send(_ whole: BufferedResponse) throws(FrontRefusal) {
    invocation.sink.begin(invocation.sink.rules.bufferedHead(whole.response, length: whole.body.count))
    invocation.sink.write(ByteBuffer(bytes: whole.body))
    invocation.sink.end(trailers: [])
  }

  func uploadBroke() {
    guard !isOver else { return }
    invocation.fail(
      FunctionFailure(type: "Runtime.TruncatedResponse", cause: .functionError, message: "the response broke off"),
      answer: .truncated.closing)
  }

  func abort(_ failure: FunctionFailure, answer: RuntimeAnswer?) {
    guard !isOver else { return }
    invocation.sink.refuse(failure.cause)
    end(answer: answer)
  }

  private func end(answer: RuntimeAnswer?) {
    isOver = true
    payload = ByteBuffer()
    if let answer { source?.answerUpload(answer) }
    source = nil
    owner?.relayEnded(invocation)
  }
}
