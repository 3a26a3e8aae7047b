/// How the transport of one stream ended, whatever its status and its bytes. The raw value is the name in
/// every report.
public enum TransportOutcome: String, CaseIterable, Sendable {
  /// The message's framing says that all of it arrived.
  case complete
  /// The connection ended before the last chunk or before the declared length.
  case cut
  case reset
  case connectFailed = "connect_failed"
  case dnsFailed = "dns_failed"
  case tlsFailed = "tls_failed"
  /// `--max-time` passed.
  case timeout
  /// No byte for `--stall-timeout`.
  case stalled
  /// The peer broke HTTP; a response with both Content-Length and Transfer-Encoding counts here, whatever libcurl says.
  case protocolError = "protocol_error"
  /// Ended by us when the grace period after the deadline was over: never the target's failure.
  case cutByDeadline = "cut_by_deadline"
}
