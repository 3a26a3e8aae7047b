import Foundation

/// Where the built tools are: beside the test bundle.
enum Products {
  static func path(_ tool: String) -> String { directory + "/" + tool }

  static let directory: String = {
    #if os(Linux)
      let own =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
      return URL(fileURLWithPath: own).deletingLastPathComponent().path
    #else
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
      return bundle?.bundleURL.deletingLastPathComponent().path ?? FileManager.default.currentDirectoryPath
    #endif
  }()

  /// The checkout, for the schemas and scripts in it.
  static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path

  /// The first of these that exists on PATH or in sbin.
  static func system(_ tool: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (folders + ["/usr/sbin", "/usr/local/sbin", "/usr/bin"]).map { $0 + "/" + tool }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
