internal import ToolSupport

/// A report and the file it came from.
struct NamedReport: Sendable {
  /// As it was given.
  var path: String
  var report: RunReport

  static func read(_ path: String) throws(ToolFailure) -> NamedReport {
    NamedReport(path: path, report: try RunReport.read(path))
  }

  /// The last part of its path, for tables and notes.
  var name: String { OptionText.shown(path.split(separator: "/").last.map(String.init) ?? path) }
}
