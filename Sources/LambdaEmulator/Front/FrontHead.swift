internal import NIOCore

/// The head of a response to a client, and how its body is delimited.
struct FrontHead: Equatable, Sendable {
  enum Framing: Equatable, Sendable {
    case chunked
    /// Of exactly this many bytes, counted: more are cut off, fewer end the connection.
    case length(Int)
    /// No body, whatever the fields say: HEAD, 204, 304.
    case none
    /// Until the connection ends: for clients of HTTP/1.0.
    case close
  }

  var status: Int
  var reason: String
  var fields: [FunctionResponse.Field]
  var framing: Framing

  /// - Parameters:
  ///   - date: goes first, as RFC 9110 §6.6.1 asks of a server with a clock.
  ///   - keepsAlive: whether another request may follow.
  func write(to buffer: inout ByteBuffer, date: String, keepsAlive: Bool) {
    buffer.writeString("HTTP/1.1 \(status) \(reason)\r\nDate: \(date)\r\n")
    for field in fields {
      buffer.writeString(field.name)
      buffer.writeStaticString(": ")
      buffer.writeString(field.value)
      buffer.writeStaticString("\r\n")
    }
    if framing == .chunked { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
    buffer.writeString(keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n")
  }
}
