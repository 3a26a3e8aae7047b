/// The options of one run and where each came from: the command line's own words, and as further words what the
/// environment and the file add. One parser and one set of messages so serve all three.
public struct Settings: Sendable {
  public struct Entry: Sendable, Equatable {
    public var option: OptionCatalog.Option
    /// Texts as they would be typed; one for an option that is not repeatable, `true` or `false` for a flag.
    public var values: [String]
    public var source: SettingSource
    /// What stands for it in `arguments`; none where it came from there.
    var words: [String] = []
  }

  /// Of the command that runs, in the order of its help; none for what was left at its default.
  public internal(set) var entries: [Entry] = []
  /// For a person, one line each.
  public internal(set) var warnings: [String] = []
  public let command: OptionCatalog.Command?
  public let rules: SettingsRules
  let typed: [String]
  let insertion: Int

  /// Of the run that a command is in.
  @TaskLocal public static var current: Settings?

  init(command: OptionCatalog.Command?, rules: SettingsRules, typed: [String], insertion: Int = 0) {
    self.command = command
    self.rules = rules
    self.typed = typed
    self.insertion = insertion
  }

  /// What ArgumentParser is given.
  public var arguments: [String] { arguments(without: nil) }

  private func arguments(without key: String?) -> [String] {
    let added = entries.filter { $0.option.key != key }.flatMap(\.words)
    return Array(typed[..<insertion]) + added + typed[insertion...]
  }

  public func entry(_ key: String) -> Entry? { entries.first { $0.option.key == key } }

  public func source(_ key: String) -> SettingSource { entry(key)?.source ?? .standard }

  /// The entry from outside the command line that a message is about: without it the message is another.
  ///
  /// - Parameter message: what parsing some words says; nil when they are right.
  func culprit(_ message: (_ arguments: [String]) -> String?) -> (entry: Entry, message: String)? {
    guard entries.contains(where: \.source.isOutside), let complaint = message(arguments) else { return nil }
    let culprit = entries.first { $0.source.isOutside && message(arguments(without: $0.option.key)) != complaint }
    return culprit.map { ($0, complaint) }
  }

  /// A failure as it is told when an option's value came from outside the command line.
  func attributed(_ failure: ToolFailure) -> ToolFailure {
    guard failure.exit == .usage, let entry = entries(namedBy: failure).first(where: \.source.isOutside) else {
      return failure
    }
    return ToolFailure(.badConfiguration, "\(entry.source): \(failure.message)")
  }

  /// A message begins with the option as it is typed, with two of them that cannot both hold (`-4 and -6: …`), or with a
  /// word that has no name.
  private func entries(namedBy failure: ToolFailure) -> [Entry] {
    let start = failure.message.prefix { $0 != ":" }
    let names =
      failure.option.map { [$0] }
      ?? start.split(separator: " and ").map { String($0.prefix { $0 != " " }) }
    let named = names.compactMap { name in entries.first { $0.option.names.contains(name) } }
    guard named.isEmpty else { return named }
    return entries.filter { entry in
      entry.option.isPositional && entry.values.contains { failure.message.hasPrefix("\($0):") }
    }
  }
}
