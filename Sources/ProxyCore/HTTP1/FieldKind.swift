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
    // Length and ends decide in nearly every case, so hardly more than one comparison is made.
    guard let first = name.first, let last = name.last else { return .other }
    let slot = slot(name.count, first, last)
    let table = table
    for index in Int(table.starts[slot])..<Int(table.starts[slot + 1])
    where Bytes.equalsIgnoringCase(name, table.entries[index].0) { return table.entries[index].1 }
    return .other
  }

  private static func slot(_ count: Int, _ first: UInt8, _ last: UInt8) -> Int {
    (count &* 37 &+ Int(Bytes.lower(first)) &* 7 &+ Int(Bytes.lower(last))) & 255
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

  /// The names by slot: those of a slot are from its start to the next one's. Made once and never freed, so that looking
  /// something up counts no references.
  private nonisolated(unsafe) static let table:
    (entries: UnsafePointer<(StaticString, FieldKind)>, starts: UnsafePointer<UInt8>) = {
      func slot(_ name: StaticString) -> Int {
        Self.slot(name.utf8CodeUnitCount, name.utf8Start[0], name.utf8Start[name.utf8CodeUnitCount - 1])
      }
      let entries = UnsafeMutablePointer<(StaticString, FieldKind)>.allocate(capacity: names.count)
      let starts = UnsafeMutablePointer<UInt8>.allocate(capacity: 257)
      var count = 0
      for place in 0..<256 {
        starts[place] = UInt8(count)
        for name in names where slot(name.0) == place {
          (entries + count).initialize(to: name)
          count += 1
        }
      }
      starts[256] = UInt8(count)
      return (UnsafePointer(entries), UnsafePointer(starts))
    }()
}
