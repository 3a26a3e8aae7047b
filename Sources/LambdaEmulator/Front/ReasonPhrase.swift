internal import NIOHTTP1

/// What stands behind a status.
enum ReasonPhrase {
  static func of(_ status: Int) -> String {
    // The name of RFC 9110; NIO's is the older one.
    status == 413 ? "Content Too Large" : HTTPResponseStatus(statusCode: status).reasonPhrase
  }
}
