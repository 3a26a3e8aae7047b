import Testing
import ToolSupport

/// Where the tools of this package were built.
enum BuiltTool {
  static func path(_ name: String) throws -> String {
    let own = try #require(OwnExecutable.path)
    return "\(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])/\(name)"
  }
}
