/// What became of a stream, as seen by who waits for its response.
enum StreamOutcome: Int, MetricLabel {
  /// The upstream's response went to the client's connection whole.
  case complete
  /// Its head went out and its body was cut.
  case incomplete
  /// The proxy answered in place of the upstream: with an error, as it answers nothing else.
  case answered
  /// The client left, or was given up, before its response was whole.
  case clientAbort
  /// A reserved path of the proxy's own.
  case local

  var label: String {
    switch self {
    case .complete: "complete"
    case .incomplete: "incomplete"
    case .answered: "answered"
    case .clientAbort: "client_abort"
    case .local: "local"
    }
  }
}

/// How far a stream had come when it ended. The letters are HAProxy's.
enum StreamPhase: Int, MetricLabel {
  /// The request was still coming in.
  case request
  /// Waiting for a place among the connections to the upstream. None waits by now: at the limit the answer is 503.
  case queue
  /// Being connected, with name resolution and TLS.
  case connect
  /// Waiting for the response's head.
  case head
  /// The response's head had gone out.
  case data

  var label: String {
    switch self {
    case .request: "request"
    case .queue: "queue"
    case .connect: "connect"
    case .head: "head"
    case .data: "data"
    }
  }

  var letter: StaticString {
    switch self {
    case .request: "R"
    case .queue: "Q"
    case .connect: "C"
    case .head: "H"
    case .data: "D"
    }
  }
}
