internal import NIOCore
internal import ToolSupport

/// Responses of the Runtime API, as Go's server writes them: what is longer than its buffer is chunked.
enum NextResponse {
  private static let longest = 2048

  static func bytes(_ invocation: Invocation, function: FunctionIdentity, keepsAlive: Bool) -> ByteBuffer {
    let fields = [
      ("Content-Type", "application/json"), ("Lambda-Runtime-Aws-Request-Id", invocation.id),
      ("Lambda-Runtime-Invocation-Id", invocation.attempt),
      ("Lambda-Runtime-Deadline-Ms", String(invocation.deadlineMilliseconds)),
      ("Lambda-Runtime-Invoked-Function-Arn", function.arn),
      ("Lambda-Runtime-Trace-Id", InvocationID.runtimeTraceID(invocation.traceID)),
    ]
    var buffer = head(200, fields, keepsAlive: keepsAlive)
    let count = invocation.event.readableBytes
    if count > longest {
      buffer.writeString("Transfer-Encoding: chunked\r\n\r\n\(String(count, radix: 16))\r\n")
      buffer.writeImmutableBuffer(invocation.event)
      buffer.writeStaticString("\r\n0\r\n\r\n")
    } else {
      buffer.writeString("Content-Length: \(count)\r\n\r\n")
      buffer.writeImmutableBuffer(invocation.event)
    }
    return buffer
  }

  static func bytes(_ answer: RuntimeAnswer, keepsAlive: Bool) -> ByteBuffer {
    var buffer = head(answer.status, [("Content-Type", answer.type)], keepsAlive: keepsAlive)
    buffer.writeString("Content-Length: \(answer.body.utf8.count)\r\n\r\n\(answer.body)")
    return buffer
  }

  private static func head(_ status: Int, _ fields: [(String, String)], keepsAlive: Bool) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeString("HTTP/1.1 \(status) \(ReasonPhrase.of(status))\r\n")
    for (name, value) in fields { buffer.writeString("\(name): \(value)\r\n") }
    buffer.writeString("Date: \(HTTPDate.format(EventTime.milliseconds() / 1000))\r\n")
    if !keepsAlive { buffer.writeStaticString("Connection: close\r\n") }
    return buffer
  }
}
