/// The fields that the proxy itself acts on; everything else is `other` and is relayed as it came.
enum FieldKind: UInt8, Sendable {
  case other
  case connection, keepAlive, proxyConnection, te, transferEncoding, trailer, upgrade
  case proxyAuthenticate, proxyAuthorization, http2Settings
  case contentLength, host, expect, via, cdnLoop, maxForwards, requestID
  case forwarded, xForwardedFor, xForwardedProto, xForwardedHost, xForwardedPort
  case gzproxyInstance, gzproxyRSS, gzproxyActive
  case traceparent, tracestate, amznTraceID
  /// Set by the Lambda Web Adapter.
  case lambdaContext
  /// Known only so that `Connection` cannot nominate them (see `HopByHop.isProtected`).
  case authorization, cacheControl, contentEncoding, contentType, contentRange, etag, vary, date, setCookie, cookie,
    range, acceptEncoding
  /// Several names each, known for the same reason and kept out of trailers: what makes a request conditional, who may
  /// ask, and what a response does beyond its body (RFC 9110 §10.2, §13.1, §11).
  case conditional, authentication, control

  /// Gone at every hop, named by `Connection` or not (RFC 9110 §7.6.1). What this hop needs is written anew.
  var isHopByHop: Bool {
    switch self {
    case .connection, .keepAlive, .proxyConnection, .te, .transferEncoding, .upgrade, .proxyAuthenticate,
      .proxyAuthorization, .http2Settings:
      true
    default: false
    }
  }

  static func of(_ name: UnsafeRawBufferPointer) -> FieldKind {
    // The length decides in nearly every case, so at most a few comparisons are made.
    guard name.count < candidates.count else { return .other }
    for (text, kind) in candidates[name.count] where Bytes.equalsIgnoringCase(name, text) { return kind }
    return .other
  }

  private static let names: [(StaticString, FieldKind)] = [
    ("connection", .connection), ("keep-alive", .keepAlive), ("proxy-connection", .proxyConnection), ("te", .te),
    ("transfer-encoding", .transferEncoding), ("trailer", .trailer), ("upgrade", .upgrade),
    ("proxy-authenticate", .proxyAuthenticate), ("proxy-authorization", .proxyAuthorization),
    ("proxy-authentication-info", .proxyAuthenticate),
    ("http2-settings", .http2Settings), ("content-length", .contentLength), ("host", .host), ("expect", .expect),
    ("via", .via), ("cdn-loop", .cdnLoop), ("max-forwards", .maxForwards), ("x-request-id", .requestID),
    ("forwarded", .forwarded), ("x-forwarded-for", .xForwardedFor),
    ("x-forwarded-proto", .xForwardedProto), ("x-forwarded-host", .xForwardedHost),
    ("x-forwarded-port", .xForwardedPort), ("x-gzproxy-instance", .gzproxyInstance),
    ("x-gzproxy-rss-bytes", .gzproxyRSS), ("x-gzproxy-active", .gzproxyActive), ("authorization", .authorization),
    ("cache-control", .cacheControl), ("content-encoding", .contentEncoding), ("content-type", .contentType),
    ("content-range", .contentRange), ("etag", .etag), ("vary", .vary), ("date", .date), ("set-cookie", .setCookie),
    ("cookie", .cookie), ("range", .range), ("accept-encoding", .acceptEncoding), ("if-match", .conditional),
    ("if-none-match", .conditional), ("if-modified-since", .conditional), ("if-unmodified-since", .conditional),
    ("if-range", .conditional), ("www-authenticate", .authentication), ("authentication-info", .authentication),
    ("age", .control), ("expires", .control), ("location", .control), ("retry-after", .control),
    ("content-location", .control), ("pragma", .control), ("warning", .control),
    ("traceparent", .traceparent), ("tracestate", .tracestate), ("x-amzn-trace-id", .amznTraceID),
    ("x-amzn-request-context", .lambdaContext), ("x-amzn-lambda-context", .lambdaContext),
  ]

  private static let candidates: [[(StaticString, FieldKind)]] = {
    var byLength = [[(StaticString, FieldKind)]](repeating: [], count: 26)
    for entry in names where entry.0.utf8CodeUnitCount < byLength.count {
      byLength[entry.0.utf8CodeUnitCount].append(entry)
    }
    return byLength
  }()
}
