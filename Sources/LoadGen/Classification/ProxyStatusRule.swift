/// From a proxy's own words (RFC 9209 §2.3) to a cause.
enum ProxyStatusRule {
  private typealias Meaning = (cause: FailureCause, advice: String?)

  static func classify(_ status: ProxyStatusField) -> FailureClassifier.Classification {
    let meaning = byCause(status) ?? byError(status.error ?? "") ?? (.unknown, nil)
    let advice = meaning.advice ?? Advice.text(cause: meaning.cause)
    return .init(cause: meaning.cause, advice: "\(evidence(status)): \(advice)")
  }

  /// gzproxy's `cause` is finer than the token where it is one of these.
  private static func byCause(_ status: ProxyStatusField) -> Meaning? {
    switch status.cause ?? "" {
    case "length_and_chunked": (.lengthAndChunked, nil)
    case "connect_failed", "destination_unroutable": (.upstreamRefused, nil)
    case "response_too_large": (.responseTooLarge, FrontAdvice.tooLarge(limit: status.limitBytes))
    case "invocation_deadline": (.functionTimeout, FrontAdvice.invocationDeadline)
    case "prelude_invalid": (.preludeInvalid, nil)
    case "prelude_missing": (.preludeMissing, nil)
    case "function_error": (.functionError, nil)
    case "function_timeout": (.functionTimeout, nil)
    case "request_body_too_large": (.requestTooLarge, "see the proxy's limit of request bodies, or send less")
    case "too_many_connections": (.throttled, FrontAdvice.proxyCrowd)
    case "draining": (.proxyOverloaded, FrontAdvice.proxyLeaving)
    case "out_of_descriptors":
      (.proxyOverloaded, "the proxy has no file descriptor left; raise ulimit -n where it runs, or lower -c")
    case "memory_limit":
      (.proxyOverloaded, "the proxy is at its limit of memory; give it more, raise --memory-limit, or lower -c")
    default: nil
    }
  }

  /// What a token alone says; nil for one that nobody knows.
  static func cause(token: String) -> FailureCause? { byError(token)?.cause }

  /// What it means and what to look at.
  static func advice(token: String) -> String? { byError(token).map { $0.advice ?? Advice.text(cause: $0.cause) } }

  private static func byError(_ error: String) -> Meaning? {
    switch error {
    case "connection_refused", "destination_ip_unroutable": (.upstreamRefused, nil)
    case "dns_error", "dns_timeout": (.upstreamDNS, nil)
    case "connection_timeout", "connection_read_timeout", "connection_write_timeout", "http_response_timeout":
      (.upstreamTimeout, nil)
    case "connection_terminated", "http_response_incomplete": (.upstreamIncomplete, nil)
    case _ where error.hasPrefix("tls_"): (.upstreamTLS, nil)
    case "http_request_denied", "destination_ip_prohibited", "proxy_loop_detected": (.proxyPolicy, nil)
    case "connection_limit_reached", "destination_unavailable": (.proxyOverloaded, nil)
    case "http_response_body_size": (.responseTooLarge, nil)
    case "http_protocol_error", "http_response_transfer_coding", "http_response_header_section_size",
      "http_response_header_size", "http_response_content_coding":
      (.malformedResponse, FrontAdvice.proxyHTTP)
    case "http_request_error": (.unknown, FrontAdvice.proxyRequest)
    case "proxy_configuration_error": (.unknown, FrontAdvice.proxySetting)
    case "proxy_internal_error", "proxy_internal_response": (.unknown, FrontAdvice.proxyOwn)
    default: nil
    }
  }

  private static func evidence(_ status: ProxyStatusField) -> String {
    let words = [status.error, status.cause == status.error ? nil : status.cause].compactMap { $0 }
    return "\(OptionText.shown(status.proxy)) says \(OptionText.shown(words.joined(separator: ", ")))"
  }
}
