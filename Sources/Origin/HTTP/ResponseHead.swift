internal import NIOCore

/// A status line and header fields, in the order in which they are sent.
struct ResponseHead: Sendable {
  var status: Int
  var fields: [HeaderField]

  /// - Parameter date: goes first, as RFC 9110 §6.6.1 asks of a server with a clock.
  func write(to buffer: inout ByteBuffer, date: String) {
    buffer.writeString("HTTP/1.1 \(status) \(Self.reason(status))\r\nDate: \(date)\r\n")
    for field in fields {
      buffer.writeString(field.name)
      buffer.writeStaticString(": ")
      buffer.writeString(field.value)
      buffer.writeStaticString("\r\n")
    }
    buffer.writeStaticString("\r\n")
  }

  static func reason(_ status: Int) -> String { reasons[status] ?? "Unknown" }

  private static let reasons = [
    200: "OK", 206: "Partial Content", 304: "Not Modified", 400: "Bad Request", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 412: "Precondition Failed", 413: "Content Too Large",
    416: "Range Not Satisfiable",
    429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout",
  ]
}
