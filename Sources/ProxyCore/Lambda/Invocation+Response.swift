internal import NIOCore

/// The form of a response: a prelude and chunks, or one JSON document.
extension Invocation {
  var streams: Bool { settings.mode == .stream && !caller.front.neverStreams }
  var takesSplice: Bool { false }
  var delivery: ResponseDelivery { ResponseDelivery(framing: .bare, takesInterim: false, isWhole: !streams) }
  var alwaysGreets: Bool { true }

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

  func streamedHead(_ head: ByteBuffer) -> ByteBuffer {
    var message = head
    return (try? open(&message, length: nil)) ?? ByteBuffer()
  }

  /// The beginning of a response.
  ///
  /// - Parameter length: of the body, where it is known.
  func open(_ message: inout ByteBuffer, length: Int64?) throws(ProxyCause) -> ByteBuffer {
    guard var head = LambdaResponseHead(&message, limits: Self.ownLimits(loop.limits)) else { throw .internalError }
    guard streams else {
      upload.whole = try BufferedResponse(head, front: caller.front, length: length)
      upload.isOpen = true
      return ByteBuffer()
    }
    let isWanted = settings.sentinel == .on || settings.sentinel == .auto && caller.front == .functionURL
    upload.sentinel = isWanted ? EmptyBody.sentinel(head, toHead: caller.isHead) : nil
    // A length of zero before a byte would say that something is there which should not be.
    if upload.sentinel != nil, length == 0 { head.removeLength() }
    let prelude = ByteBuffer(string: head.prelude)
    let opening = prelude.readableBytes + LambdaResponseHead.delimiter.readableBytes
    guard opening <= LambdaSettings.preludeLimit else { throw .responseHeadTooLarge }
    guard length ?? 0 <= settings.streamLimit - Int64(opening) else { throw .responseTooLarge }
    upload.bytes = Int64(opening)
    upload.isOpen = true
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
      if upload.whole?.append(piece) != true { refusal = tooLarge }
      return
    }
    upload.bytes += Int64(piece.readableBytes)
    guard upload.bytes <= settings.streamLimit else {
      refusal = .responseTooLarge
      return
    }
    upload.sentinel = nil
    RuntimeWire.chunk(piece, emit: emit)
  }

  // MARK: What is too large

  /// What a response that is too large becomes while nothing of it has gone out.
  private var tooLarge: ProxyCause {
    settings.redirectsOversize && caller.isRetrieval ? .oversizeRedirected : .responseTooLarge
  }

  var limitDetail: FailureDetail {
    if streams { return .limit(settings.streamLimit, of: "a response that streams") }
    if case .balancer = caller.front {
      return .limit(LambdaSettings.balancerLimit, of: "a response to a load balancer, as JSON")
    }
    return .limit(
      LambdaSettings.bufferedLimit, of: "a buffered response, as JSON; GZPROXY_LAMBDA_MODE=stream has none of 6 MB")
  }

  /// Where a client may ask instead.
  var location: String? { loop.shared.configuration.upstream.map { $0.origin + $0.pathPrefix + caller.target } }
}
