internal import NIOCore

/// The response that the proxy makes itself when there is none of an upstream: problem details (RFC 9457), `Proxy-Status`
/// (RFC 9209), always with a length. It never says where the upstream is. Pure.
enum ProblemResponse {
  struct Context: Sendable {
    var requestID: String
    var version: MessageHead.Version
    var toHead: Bool
    var closes: Bool
    /// The current time as an HTTP date.
    var date: String
    var telemetry: TelemetryFields?
    var serverTiming: ServerTiming?
    /// Where the request would have gone; told only where that was asked for, since it maps what lies behind (RFC 9209 §4).
    var nextHop: String?
    /// Where the client may ask instead.
    var location: String?
  }

  static func make(_ cause: ProxyCause, detail: FailureDetail = .none, _ context: Context) -> ByteBuffer {
    let row = cause.row
    var body = JSONText()
    body.object { body in
      body.field("type", "urn:gzproxy:problem:\(cause.rawValue)")
      body.field("title", row.title)
      body.field("status", row.status)
      if case .limit(let bytes, let owner) = detail {
        body.field("detail", "\(row.title); the limit is \(bytes) bytes (\(owner))")
        body.field("limit_bytes", bytes)
      } else if let hop = context.nextHop {
        body.field("detail", "\(row.title): \(hop)")
      }
      body.field("cause", cause.rawValue)
      body.field("request_id", context.requestID)
    }
    var out = LocalResponse.head(status: row.status, context: context)
    HeadWriter.field(&out, "proxy-status", proxyStatus(cause, detail, context.nextHop))
    if let location = context.location { HeadWriter.field(&out, "location", location) }
    if row.mayPass { out.writeStaticString("retry-after: 1\r\n") }
    if row.status == 405 { LocalResponse.writeAllow(&out) }
    LocalResponse.finish(&out, type: "application/problem+json", body: body.text, toHead: context.toHead)
    return out
  }

  /// RFC 9209 §2, with the extra parameters that the error type has (§2.3), and `cause` as an extension of ours.
  private static func proxyStatus(_ cause: ProxyCause, _ detail: FailureDetail, _ nextHop: String?) -> String {
    let row = cause.row
    var text = "gzproxy; error=\(row.token)"
    if row.token == "http_request_error" { text += "; status-code=\(row.status)" }
    switch detail {
    case .none: break
    case .limit(let bytes, _): text += "; details=\"limit \(bytes) bytes\""
    case .responseCode(let code): text += "; rcode=\"\(code)\""
    case .alert(let id): text += "; alert-id=\(id)"
    }
    // A host name or address and a port hold nothing that a quoted string must escape.
    if let nextHop { text += "; next-hop=\"\(nextHop)\"" }
    return text + "; cause=\(cause.rawValue)"
  }
}

/// Responses made here, of a known length.
enum LocalResponse {
  static func make(
    status: Int, type: StaticString, body: String, context: ProblemResponse.Context
  ) -> ByteBuffer {
    var out = head(status: status, context: context)
    finish(&out, type: type, body: body, toHead: context.toHead)
    return out
  }

  /// Status line and the fields that every local response has, without the empty line.
  static func head(status: Int, context: ProblemResponse.Context) -> ByteBuffer {
    var out = ByteBuffer()
    out.writeString("HTTP/1.1 \(status) \(reason(status))\r\n")
    HeadWriter.field(&out, "date", context.date)
    HeadWriter.field(&out, "x-request-id", context.requestID)
    out.writeStaticString("cache-control: no-store\r\n")
    context.telemetry?.write(&out)
    context.serverTiming?.write(&out)
    ConnectionField.write(&out, version: context.version, closes: context.closes)
    return out
  }

  static func finish(_ out: inout ByteBuffer, type: StaticString, body: String, toHead: Bool) {
    out.writeStaticString("content-type: ")
    out.writeStaticString(type)
    out.writeString("\r\ncontent-length: \(body.utf8.count)\r\n\r\n")
    if !toHead { out.writeString(body) }
  }

  /// The common methods; the rarer ones of the registry pass too.
  static func writeAllow(_ out: inout ByteBuffer) {
    out.writeStaticString("allow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH\r\n")
  }

  /// To an OPTIONS that was to come no further than here (RFC 9110 §9.3.7).
  static func options(_ context: ProblemResponse.Context) -> ByteBuffer {
    var out = head(status: 200, context: context)
    writeAllow(&out)
    out.writeStaticString("content-length: 0\r\n\r\n")
    return out
  }

  /// Of IANA's registry, where it is not obvious that nobody needs it.
  static func reason(_ status: Int) -> String {
    switch status {
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 308: "Permanent Redirect"
    case 401: "Unauthorized"
    case 406: "Not Acceptable"
    case 409: "Conflict"
    case 410: "Gone"
    case 412: "Precondition Failed"
    case 416: "Range Not Satisfiable"
    case 422: "Unprocessable Content"
    case 200: "OK"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 417: "Expectation Failed"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 499: "Client Closed Request"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }
}
