import ArgumentParser
import ToolSupport

@testable import ToolSupport

/// A tool with an option of each kind.
struct SampleCommand: ConfiguredCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", subcommands: [Run.self, Other.self], defaultSubcommand: Run.self)
  static let settingsRules = SettingsRules(
    prefix: "SAMPLE", reserved: ["SAMPLE_MODE"], secrets: ["token"],
    displaces: { strong, weak in [strong.key, weak.key].sorted() == ["insecure", "token"] && weak.value != "kept" })

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", aliases: ["go"])
    @Option var config: String?
    @Option(name: .shortAndLong) var listen = "127.0.0.1:1"
    @Option(name: .shortAndLong) var count = 3
    @Flag(name: .shortAndLong) var verbose = false
    @Flag(name: [.customShort("k"), .customLong("insecure")]) var insecure = false
    @Flag(inversion: .prefixedNo) var color = true
    @Option(name: [.customShort("H"), .customLong("header")]) var headers: [String] = []
    @Option(parsing: .unconditional) var raw: String?
    @Option var token: String?
    @Option(help: .hidden) var readyFd: Int?
    @Argument var paths: [String] = []
  }

  struct Other: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "other")
    @Option var size: Int?
  }

  /// What running these words with this environment and this file comes to.
  static func settings(
    _ words: [String] = [], environment: [String: String] = [:], file: String? = nil
  ) throws(ToolFailure) -> Settings {
    let merge = SettingsMerge(
      catalog: try OptionCatalog(SampleCommand.self), rules: settingsRules, environment: environment
    ) { path throws(ToolFailure) in
      guard let file else { throw ToolFailure(.badConfiguration, "\(path): missing") }
      return try SettingsFile(path: path, text: file)
    }
    return try merge.settings(words)
  }

  static func parsed(_ settings: Settings) throws -> Run {
    let command = try parseAsRoot(settings.arguments)
    guard let run = command as? Run else { throw ToolFailure(.usage, "not run") }
    return run
  }
}
