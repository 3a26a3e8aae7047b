internal import NIOCore

/// Where an exchange's request comes from and its response goes to: a client's connection, or one invocation of a Lambda
/// function. Confined to its event loop.
///
/// Any call that writes may end the exchange, and the ingress, before it returns: callers hold it, and look at its state
/// again after each.
protocol Ingress: AnyObject {
  var loop: LoopContext { get }
  /// The socket that the response goes to.
  var port: ChannelPort { get }
  var role: IngressRole { get }
  /// What is being relayed; nil between exchanges, and for answers of our own.
  var exchange: Exchange? { get set }

  // MARK: Who asks

  /// The client's address without a port, as logs and the upstream are told it.
  var clientAddress: String { get }
  /// What a log tells of the request that is being served; nil without a log.
  var request: RequestSummary? { get set }
  /// Bytes of a request that has no summary yet.
  var unreadBytes: Int { get }
  /// When the request began.
  var since: NIODeadline { get }
  /// Logs the stream that is about to be answered here, with the size of the answer.
  var logAnswer: ((_ bytes: Int) -> Void)? { get set }
  /// The invocation's id, where there is one.
  var invocationID: String? { get }
  /// The request's head as it goes upstream.
  func requestHead(
    _ head: MessageHead, _ facts: RequestFacts, to target: UpstreamTarget
  ) throws(ProxyCause) -> ByteBuffer

  // MARK: The request's body

  var isRequestPaused: Bool { get }
  func pauseRequest()
  func resumeRequest()
  /// Hands over what arrived of the body before there was an upstream.
  func feedRequestBody(to exchange: Exchange)

  // MARK: The response

  /// A response's bytes may go to the socket of `port` as they came.
  var takesSplice: Bool { get }
  var delivery: ResponseDelivery { get }
  /// How a response's head goes out.
  ///
  /// - Throws: when this response cannot go out this way; nothing of it has.
  func responseHead(
    _ head: MessageHead, _ response: ResponseFacts, _ context: ResponseForwarding.Context
  ) throws(ProxyCause) -> ByteBuffer
  /// How a piece of a response's body goes out. Costs nothing where it goes as it is.
  func frame(_ piece: ByteBuffer, emit: (ByteBuffer) -> Void)
  /// Set by `frame` when the body may not go on.
  var refusal: ProxyCause? { get }
  /// The limit behind a `response_too_large`.
  var limitDetail: FailureDetail { get }
  /// Where a client may ask instead.
  var location: String? { get }
  /// The response was whole.
  func exchangeFinished(keep: Bool)
  /// The body was cut after its head: everything that arrived goes out, and then no proper end.
  func abort(_ cause: ProxyCause, reset: Bool)
  /// A whole answer of our own, as an HTTP/1.1 message.
  func write(_ answer: ByteBuffer, closes: Bool)
  /// An answer of our own is being made and takes a while.
  func beginAnswer()
  /// Whether that answer is still wanted.
  var isAnswering: Bool { get }
  /// The head of an answer of our own whose body follows in pieces, as it goes out.
  func streamedHead(_ head: ByteBuffer) -> ByteBuffer
  var hello: HelloStream? { get set }
  /// `hello` is there for who asks here, whatever the configuration says.
  var alwaysGreets: Bool { get }

  // MARK: The loop

  func tick(_ now: NIODeadline)
  var bufferedBytes: Int { get }
  /// Nothing to finish: ends now if it is idle.
  func drain()
  /// Ends at once, so that an unfinished response is seen as such. True when one was cut.
  func abortForShutdown() -> Bool
}

enum IngressRole { case main, admin }

/// What a response becomes on its way out.
struct ResponseDelivery: Sendable, Equatable {
  /// How a body's end is said to this client.
  enum Framing: Sendable, Equatable {
    case http(MessageHead.Version)
    /// The body's data alone is wanted: whoever takes it frames it anew.
    case bare
  }
  var framing: Framing
  var takesInterim = true
  /// The response is held here to its end, so that a failure can still be told.
  var isWhole = false
}
