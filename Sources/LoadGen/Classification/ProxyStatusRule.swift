/// From a proxy's own words (RFC 9209 §2.3) to a cause.
enum ProxyStatusRule {
  static func classify(_ status: ProxyStatusField) -> FailureClassifier.Classification {
    let cause = byCause(status.cause ?? "") ?? byError(status.error ?? "") ?? .unknown
    return .init(cause: cause, advice: "\(evidence(status)): \(Advice.text(cause: cause))")
  }

  /// gzproxy's `cause` is finer than the token where it is one of these.
  private static func byCause(_ cause: String) -> FailureCause? {
    switch cause {
    case "length_and_chunked": .lengthAndChunked
    case "connect_failed", "destination_unroutable": .upstreamRefused
    case "response_too_large": .responseTooLarge
    case "prelude_invalid": .preludeInvalid
    case "prelude_missing": .preludeMissing
    case "function_error": .functionError
    case "function_timeout": .functionTimeout
    default: nil
    }
  }

  private static func byError(_ error: String) -> FailureCause? {
    switch error {
    case "connection_refused": .upstreamRefused
    case "dns_error", "dns_timeout": .upstreamDNS
    case "connection_timeout", "connection_read_timeout", "connection_write_timeout", "http_response_timeout":
      .upstreamTimeout
    case "connection_terminated", "http_response_incomplete": .upstreamIncomplete
    case _ where error.hasPrefix("tls_"): .upstreamTLS
    case "http_request_denied", "destination_ip_prohibited", "proxy_loop_detected": .proxyPolicy
    case "connection_limit_reached", "destination_unavailable": .proxyOverloaded
    case "http_response_body_size": .responseTooLarge
    default: nil
    }
  }

  private static func evidence(_ status: ProxyStatusField) -> String {
    let words = [status.error, status.cause == status.error ? nil : status.cause].compactMap { $0 }
    return "\(status.proxy) says \(words.joined(separator: ", "))"
  }
}
