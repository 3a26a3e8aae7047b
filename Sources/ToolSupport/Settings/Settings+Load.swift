#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Settings {
  /// Describing a tool costs milliseconds of every start, so where neither the environment nor a file has a say, the
  /// words stay as they are and `command` is nil.
  ///
  /// - Parameter words: the command line without the tool's own name.
  /// - Throws: `badConfiguration`, naming the variable or the file and line.
  static func load(
    _ command: any ConfiguredCommand.Type, _ words: [String], environment: [String: String] = Environment.all()
  ) throws(ToolFailure) -> Settings {
    let rules = command.settingsRules
    let isConcerned = environment.keys.contains { $0.hasPrefix(rules.prefix + "_") }
    guard isConcerned || words.contains(where: { $0.hasPrefix("--" + SettingsRules.fileKey) }) else {
      return Settings(command: nil, rules: rules, typed: words)
    }
    return try complete(command, words, environment)
  }

  /// Those of the run that the caller is in, with the command and all its options.
  public static func ofThisRun(_ command: any ConfiguredCommand.Type) throws(ToolFailure) -> Settings {
    if let current, current.command != nil { return current }
    return try complete(command, current?.typed ?? [], Environment.all())
  }

  private static func complete(
    _ command: any ConfiguredCommand.Type, _ words: [String], _ environment: [String: String]
  ) throws(ToolFailure) -> Settings {
    let catalog = try OptionCatalog(command)
    let merge = SettingsMerge(
      catalog: catalog, rules: command.settingsRules, environment: environment, readFile: Self.readFile)
    return try merge.settings(words)
  }

  private static func readFile(_ path: String) throws(ToolFailure) -> SettingsFile {
    let text: String
    do { text = try FileText.read(path) } catch {
      throw ToolFailure(.badConfiguration, "--config \(path): \(error.reason)")
    }
    return try SettingsFile(path: path, text: text)
  }
}

/// The variables of this process.
enum Environment {
  static func all() -> [String: String] { variables(environ) }

  /// Of two with one name the first counts, as for getenv.
  private static func variables(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> [String: String] {
    var all: [String: String] = [:]
    var next = list
    while let entry = next.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, all[String(parts[0])] == nil { all[String(parts[0])] = String(parts[1]) }
      next += 1
    }
    return all
  }
}
