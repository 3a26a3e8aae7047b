/// Which streams are logged, and where their lines go.
struct AccessLog: Sendable {
  let level: AccessLogSettings.Level
  let writer: AccessLogWriter

  /// Nil when nothing is to be logged.
  ///
  /// - Throws: `ToolFailure` when the file cannot be opened.
  init?(_ settings: AccessLogSettings) throws {
    guard settings.level != .off else { return nil }
    level = settings.level
    writer = try AccessLogWriter(settings.destination)
  }

  init(_ level: AccessLogSettings.Level, writer: AccessLogWriter) {
    self.level = level
    self.writer = writer
  }

  func wants(_ end: StreamEnd) -> Bool { Self.wants(end, level) }

  /// `failed`: cut, answered by the proxy itself, left by the client, or whole with something wrong behind it; nothing of
  /// the reserved paths.
  static func wants(_ end: StreamEnd, _ level: AccessLogSettings.Level) -> Bool {
    switch level {
    case .off: false
    case .failed: end.outcome != .local && (end.outcome != .complete || end.cause != nil)
    case .all: true
    }
  }
}
