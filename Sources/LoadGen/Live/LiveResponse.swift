/// Answers of the live endpoints. Every connection serves one request.
enum LiveResponse {
  static let index = """
    This is a running load test.

    /metrics  its figures, for Prometheus
    /events   its record as it is made: one JSON object a line (gzload-events/1)

    """

  static func page(_ status: Int, type: String, _ text: String, method: String) -> [UInt8] {
    var head = start(status, type: type)
    head += "Content-Length: \(text.utf8.count)\r\n"
    if status == 405 { head += "Allow: GET, HEAD\r\n" }
    return Array((head + "\r\n" + (method == "HEAD" ? "" : text)).utf8)
  }

  /// The head of an answer without a known end.
  static func stream(isChunked: Bool) -> [UInt8] {
    let framing = isChunked ? "Transfer-Encoding: chunked\r\n" : ""
    return Array((start(200, type: "application/x-ndjson") + framing + "\r\n").utf8)
  }

  static func refusal(_ status: Int, method: String = "GET") -> [UInt8] {
    page(status, type: "text/plain; charset=utf-8", "\(status) \(reason(status))\n", method: method)
  }

  static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
  }

  static let lastChunk = Array("0\r\n\r\n".utf8)

  private static func start(_ status: Int, type: String) -> String {
    "HTTP/1.1 \(status) \(reason(status))\r\nContent-Type: \(type)\r\nCache-Control: no-store\r\n"
      + "X-Content-Type-Options: nosniff\r\nConnection: close\r\n"
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 400: "Bad Request"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 431: "Request Header Fields Too Large"
    case 505: "HTTP Version Not Supported"
    default: "Service Unavailable"
    }
  }
}
