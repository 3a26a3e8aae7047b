/// Why a 4xx or 5xx was answered. The raw value is the name in every report.
public enum FailureCause: String, CaseIterable, Sendable {
  case functionError = "function_error"
  case functionTimeout = "function_timeout"
  case malformedResponse = "malformed_response"
  case responseTooLarge = "response_too_large"
  /// Of what was sent, not of what came.
  case requestTooLarge = "request_too_large"
  case preludeInvalid = "prelude_invalid"
  case preludeMissing = "prelude_missing"
  case throttled
  case forbidden
  case albInvalidResponse = "alb_invalid_response"
  case gatewayTimeout = "gateway_timeout"
  case upstreamRefused = "upstream_refused"
  case upstreamDNS = "upstream_dns"
  case upstreamTimeout = "upstream_timeout"
  case upstreamIncomplete = "upstream_incomplete"
  case upstreamTLS = "upstream_tls"
  case lengthAndChunked = "length_and_chunked"
  case proxyPolicy = "proxy_policy"
  case proxyOverloaded = "proxy_overloaded"
  case unknown
}
