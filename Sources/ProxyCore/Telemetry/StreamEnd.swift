/// The end of one stream: outcome, status and blame, decided in one place from what was going on. Pure.
struct StreamEnd: Sendable, Equatable {
  /// What is logged for a client that left before any status could be sent. nginx's number: no status of HTTP's own.
  static let clientGoneStatus = 499

  var outcome: StreamOutcome
  /// Nil where nothing went wrong.
  var cause: ProxyCause?
  /// Nil when the stream came to its proper end.
  var phase: StreamPhase?
  /// What went out, or `clientGoneStatus`.
  var status: Int

  /// - Parameter status: the upstream's, once its head has gone out.
  static func of(_ cause: ProxyCause?, phase: StreamPhase, status: Int?) -> StreamEnd {
    guard let cause else { return StreamEnd(outcome: .complete, status: status ?? 0) }
    if cause == .clientAbort || cause == .clientWriteTimeout {
      return StreamEnd(outcome: .clientAbort, cause: cause, phase: phase, status: status ?? clientGoneStatus)
    }
    if cause == .excessResponse {
      return StreamEnd(outcome: .complete, cause: cause, phase: phase, status: status ?? 0)
    }
    if let status { return StreamEnd(outcome: .incomplete, cause: cause, phase: phase, status: status) }
    return StreamEnd(outcome: .answered, cause: cause, phase: phase, status: cause.status)
  }

  /// A reserved path's, which may be that there is nothing or that the method is wrong.
  static func local(_ status: Int, cause: ProxyCause? = nil) -> StreamEnd {
    StreamEnd(outcome: .local, cause: cause, phase: cause == nil ? nil : .request, status: status)
  }

  /// Whether the client's connection was given a whole response, be it the upstream's or one of ours.
  var isComplete: Bool {
    switch outcome {
    case .complete, .answered, .local: true
    case .incomplete, .clientAbort: false
    }
  }

  var statusClass: StatusClass { status == Self.clientGoneStatus ? .none : StatusClass(status: status) }

  /// Who ended it (`C`lient, `S`erver, `P`roxy) and when (see `StreamPhase`); `--` for a proper end. As in HAProxy's logs,
  /// but without its small letters for timeouts: `cause` tells those.
  var termination: String {
    guard let cause, let phase else { return "--" }
    let who: StaticString =
      switch cause.row.side {
      case .client: "C"
      case .upstream: "S"
      case .proxy: "P"
      }
    return "\(who)\(phase.letter)"
  }
}
