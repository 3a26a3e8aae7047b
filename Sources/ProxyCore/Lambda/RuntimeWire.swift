internal import NIOCore
internal import ToolSupport

/// The requests of the Runtime API, version 2018-06-01, as bytes.
struct RuntimeWire: Sendable {
  /// `GET …/next`: waits until there is an event.
  let next: ByteBuffer
  private let base: String
  private let fields: String

  init(_ api: RuntimeAddress) {
    base = "\(api.prefix)/2018-06-01/runtime"
    fields = "host: \(api.authority)\r\nuser-agent: gzproxy/\(ToolVersion.current)\r\n"
    next = ByteBuffer(string: "GET \(base)/invocation/next HTTP/1.1\r\n\(fields)\r\n")
  }

  /// The head of a response that streams; chunks follow, and trailers may.
  func stream(_ key: InvocationKey) -> ByteBuffer {
    ByteBuffer(
      string: head(key, "response") + "content-type: application/vnd.awslambda.http-integration-response\r\n"
        + "lambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\n"
        + "trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n")
  }

  /// The head of a whole response. In chunks too: some emulators never read a body with a length to its end.
  func whole(_ key: InvocationKey) -> ByteBuffer {
    ByteBuffer(
      string: head(key, "response") + "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
  }

  /// The invocation failed before any of its response was sent.
  func error(_ key: InvocationKey, _ report: ErrorReport) -> ByteBuffer { error(head(key, "error"), report) }

  /// The runtime cannot start.
  func initError(_ report: ErrorReport) -> ByteBuffer {
    error("POST \(base)/init/error HTTP/1.1\r\n\(fields)", report)
  }

  private func head(_ key: InvocationKey, _ action: String) -> String {
    let echo = key.attempt.map { "lambda-runtime-invocation-id: \($0)\r\n" } ?? ""
    return "POST \(base)/invocation/\(key.id)/\(action) HTTP/1.1\r\n\(fields)\(echo)"
  }

  private func error(_ head: String, _ report: ErrorReport) -> ByteBuffer {
    let body = report.json
    return ByteBuffer(
      string: head + "content-type: application/json\r\n"
        + "lambda-runtime-function-error-type: \(report.type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// The end of a body that came to its proper end.
  static let end = ByteBuffer(staticString: "0\r\n\r\n")

  /// The end of a body that did not.
  static func end(_ report: ErrorReport) -> ByteBuffer {
    ByteBuffer(
      string: "0\r\nLambda-Runtime-Function-Error-Type: \(report.type)\r\n"
        + "Lambda-Runtime-Function-Error-Body: \(Base64.encode(report.json.utf8))\r\n\r\n")
  }

  private static func sizeLine(_ count: Int) -> ByteBuffer {
    var line = ByteBufferAllocator().buffer(capacity: 20)
    var shift = max(0, (Int.bitWidth - 1 - count.leadingZeroBitCount) / 4 * 4)
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: count >> shift & 15)
      line.writeInteger(digit < 10 ? 48 + digit : 87 + digit)
      shift -= 4
    }
    line.writeStaticString("\r\n")
    return line
  }

  private static let lineEnd = ByteBuffer(staticString: "\r\n")

  /// A chunk: its size line, the bytes as they are, and a line end.
  static func chunk(_ piece: ByteBuffer, emit: (ByteBuffer) -> Void) {
    guard piece.readableBytes > 0 else { return }
    emit(sizeLine(piece.readableBytes))
    emit(piece)
    emit(lineEnd)
  }
}
