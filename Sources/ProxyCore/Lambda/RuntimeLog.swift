internal import NIOCore
internal import ToolSupport

/// What the runtime itself has to say: one JSON object a line on stdout, as Lambda's JSON logs want it.
struct RuntimeLog: Sendable {
  enum Level: String, Sendable { case warning = "WARN", error = "ERROR" }

  let writer: AccessLogWriter

  func warning(_ message: String, invocation: String? = nil) { write(.warning, message, invocation) }
  func error(_ message: String, invocation: String? = nil) { write(.error, message, invocation) }

  private func write(_ level: Level, _ message: String, _ invocation: String?) {
    var line = LogLine()
    line.field("timestamp", Timestamp.text(milliseconds: WallClock.milliseconds()))
    line.field("level", level.rawValue)
    line.field("message", message)
    if let invocation { line.field("requestId", invocation) }
    line.end()
    writer.append(line.bytes)
  }
}
