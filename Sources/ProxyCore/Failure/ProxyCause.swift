/// Why the proxy itself answered, or cut, an exchange: the closed set behind every error response, `Proxy-Status` and the
/// counters of `stats`. The raw value is the name that clients and load testers see; it never changes meaning.
///
/// Status and token are RFC 9209's own recommendations (§2.3) for upstream failures.
enum ProxyCause: String, CaseIterable, Error, Sendable {
  // Reaching the upstream.
  case connectionRefused = "connection_refused"
  case connectionTimeout = "connection_timeout"
  case connectionTerminated = "connection_terminated"
  case destinationUnroutable = "destination_unroutable"
  case connectFailed = "connect_failed"
  /// The address is one that policy forbids to connect to.
  case destinationProhibited = "destination_prohibited"
  /// Known to be unhealthy, so not even tried.
  case destinationUnavailable = "destination_unavailable"
  case dnsError = "dns_error"
  case dnsTimeout = "dns_timeout"
  case tlsCertificate = "tls_certificate"
  case tlsAlert = "tls_alert"
  case tlsProtocol = "tls_protocol"
  // What the upstream said, or did not.
  case responseTimeout = "response_timeout"
  case upstreamWriteTimeout = "upstream_write_timeout"
  case responseIncomplete = "response_incomplete"
  case malformedResponse = "malformed_response"
  case invalidResponseLength = "invalid_response_length"
  case lengthAndChunked = "length_and_chunked"
  case responseTransferCoding = "response_transfer_coding"
  case responseHeadTooLarge = "response_head_too_large"
  case unexpectedUpgrade = "unexpected_upgrade"
  case tooManyInterim = "too_many_interim"
  /// The response is whole but more bytes follow it. Never answered: it only burns the connection.
  case excessResponse = "excess_response"
  case bodyTimeout = "body_timeout"
  /// More than can go out this way: Lambda's limits of a response.
  case responseTooLarge = "response_too_large"
  // What the client sent.
  case malformedRequest = "malformed_request"
  case invalidHost = "invalid_host"
  case invalidRequestLength = "invalid_request_length"
  case requestLengthAndChunked = "request_length_and_chunked"
  case requestTransferCoding = "request_transfer_coding"
  case unsupportedCoding = "unsupported_coding"
  case malformedRequestBody = "malformed_request_body"
  case requestTimeout = "request_timeout"
  case requestLineTooLong = "request_line_too_long"
  case requestFieldsTooLarge = "request_fields_too_large"
  case requestBodyTooLarge = "request_body_too_large"
  case expectationFailed = "expectation_failed"
  case methodNotAllowed = "method_not_allowed"
  case unsupportedMethod = "unsupported_method"
  case unsupportedVersion = "unsupported_version"
  case notFound = "not_found"
  case requestDenied = "request_denied"
  case tooManyConnections = "too_many_connections"
  /// The client left before its response was whole. Never answered: there is nobody.
  case clientAbort = "client_abort"
  /// The client took nothing, or too little, of its response. Never answered, as part of it is on its way.
  case clientWriteTimeout = "client_write_timeout"
  // The proxy itself.
  case connectionLimit = "connection_limit"
  case outOfDescriptors = "out_of_descriptors"
  case memoryLimit = "memory_limit"
  /// The proxy is ending and the upstream had not answered yet.
  case draining
  /// The invocation's time was nearly over.
  case invocationDeadline = "invocation_deadline"
  /// Too large for this way; the client was sent to the upstream itself.
  case oversizeRedirected = "oversize_redirected"
  case loopDetected = "loop_detected"
  case configurationError = "configuration_error"
  case internalError = "internal_error"

  enum Side: Sendable { case upstream, client, proxy }

  struct Row: Sendable {
    var status: Int
    /// RFC 9209 §2.3.
    var token: String
    /// What a person reads; says nothing about the upstream's address.
    var title: String
    var side: Side
    /// A moment later it may work: said with `Retry-After` (RFC 9110 §10.2.3).
    var mayPass = false
  }

  /// The table. One row a cause; a missing one does not compile.
  var row: Row {
    switch self {
    case .connectionRefused: .upstream(502, "connection_refused", "The upstream refused the connection")
    case .connectionTimeout: .upstream(504, "connection_timeout", "The upstream could not be reached in time")
    case .connectionTerminated:
      .upstream(502, "connection_terminated", "The upstream closed the connection before it answered")
    case .destinationUnroutable: .upstream(502, "destination_ip_unroutable", "There is no route to the upstream")
    case .connectFailed: .upstream(502, "destination_unavailable", "The connection to the upstream failed")
    case .destinationProhibited:
      .upstream(502, "destination_ip_prohibited", "The upstream's address may not be connected to")
    case .destinationUnavailable: .passing("destination_unavailable", "The upstream is not available", .upstream)
    case .dnsError: .upstream(502, "dns_error", "The upstream's name could not be resolved")
    case .dnsTimeout: .upstream(504, "dns_timeout", "The upstream's name could not be resolved in time")
    case .tlsCertificate: .upstream(502, "tls_certificate_error", "The upstream's certificate is not trusted")
    case .tlsAlert: .upstream(502, "tls_alert_received", "The upstream ended the TLS handshake with an alert")
    case .tlsProtocol: .upstream(502, "tls_protocol_error", "The TLS handshake with the upstream failed")
    case .responseTimeout: .upstream(504, "http_response_timeout", "The upstream did not answer in time")
    case .upstreamWriteTimeout: .upstream(504, "connection_write_timeout", "The upstream stopped reading the request")
    case .responseIncomplete: .upstream(502, "http_response_incomplete", "The upstream's response was cut")
    case .malformedResponse: .upstream(502, "http_protocol_error", "The upstream's response is not valid HTTP/1")
    case .invalidResponseLength:
      .upstream(502, "http_protocol_error", "The upstream's response has an invalid Content-Length")
    case .lengthAndChunked:
      .upstream(502, "http_protocol_error", "The upstream's response has both Content-Length and Transfer-Encoding")
    case .responseTransferCoding:
      .upstream(502, "http_response_transfer_coding", "The upstream's transfer coding is not supported")
    case .responseHeadTooLarge:
      .upstream(502, "http_response_header_section_size", "The upstream's response head is too large")
    case .unexpectedUpgrade: .upstream(502, "http_protocol_error", "The upstream switched protocols unasked")
    case .tooManyInterim: .upstream(502, "http_protocol_error", "The upstream sent too many interim responses")
    case .excessResponse: .upstream(502, "http_protocol_error", "The upstream sent more than its response")
    case .bodyTimeout: .upstream(504, "connection_read_timeout", "The upstream stopped sending")
    case .responseTooLarge:
      .upstream(502, "http_response_body_size", "The upstream's response is larger than this function can return")
    case .malformedRequest: .client(400, "The request is not valid HTTP/1")
    case .invalidHost: .client(400, "The request needs exactly one valid Host")
    case .invalidRequestLength: .client(400, "The request has an invalid Content-Length")
    case .requestLengthAndChunked: .client(400, "The request has both Content-Length and Transfer-Encoding")
    case .requestTransferCoding: .client(400, "The request has a faulty Transfer-Encoding")
    case .unsupportedCoding: .client(501, "The request's transfer coding is not supported")
    case .malformedRequestBody: .client(400, "The request's chunked body is malformed")
    case .requestTimeout: .client(408, "The request did not arrive in time")
    case .requestLineTooLong: .client(414, "The request line is too long")
    case .requestFieldsTooLarge: .client(431, "The request's header fields are too large")
    case .expectationFailed: .client(417, "The request's expectation is not supported")
    case .requestBodyTooLarge: .client(413, "The request's body is too large")
    case .methodNotAllowed: .client(405, "The method is not allowed here")
    case .unsupportedMethod: .client(501, "The method is not supported")
    case .unsupportedVersion: .client(505, "Only HTTP/1.0 and HTTP/1.1 are spoken here")
    case .notFound: .client(404, "There is nothing here")
    case .requestDenied: .denied(403, "The request is not allowed here")
    case .tooManyConnections: .denied(429, "Too many connections from this address")
    case .clientAbort: .client(499, "The client left before its response was whole")
    case .clientWriteTimeout: .client(499, "The client took too little of its response")
    case .connectionLimit: .passing("connection_limit_reached", "Too many connections to the upstream", .proxy)
    case .draining: .passing("destination_unavailable", "The proxy is shutting down", .proxy)
    case .outOfDescriptors: .passing("connection_limit_reached", "The proxy is at its limit of connections", .proxy)
    case .memoryLimit: .passing("connection_limit_reached", "The proxy is at its limit of memory", .proxy)
    case .invocationDeadline:
      .proxy(504, "http_response_timeout", "The function's time was over before the response's end")
    case .oversizeRedirected:
      .proxy(307, "http_response_body_size", "The response is larger than this function can return: ask the upstream")
    case .configurationError: .proxy(500, "proxy_configuration_error", "The proxy is configured wrongly")
    case .loopDetected: .proxy(502, "proxy_loop_detected", "The request came back to the proxy that sent it")
    case .internalError: .proxy(500, "proxy_internal_error", "The proxy failed")
    }
  }

  var status: Int { row.status }
  var token: String { row.token }
}

extension ProxyCause.Row {
  static func upstream(_ status: Int, _ token: String, _ title: String) -> Self {
    Self(status: status, token: token, title: title, side: .upstream)
  }
  static func client(_ status: Int, _ title: String) -> Self {
    Self(status: status, token: "http_request_error", title: title, side: .client)
  }
  static func denied(_ status: Int, _ title: String) -> Self {
    Self(status: status, token: "http_request_denied", title: title, side: .client, mayPass: status == 429)
  }
  static func passing(_ token: String, _ title: String, _ side: ProxyCause.Side) -> Self {
    Self(status: 503, token: token, title: title, side: side, mayPass: true)
  }
  static func proxy(_ status: Int, _ token: String, _ title: String) -> Self {
    Self(status: status, token: token, title: title, side: .proxy)
  }
}
