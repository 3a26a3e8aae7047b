public import ArgumentParser

/// The commands of a tool and the options of each, as ArgumentParser itself tells them, so that nothing is listed twice.
///
/// Options hidden from the help are left out: they are between a tool and its children.
public struct OptionCatalog: Sendable {
  public struct Option: Sendable, Equatable {
    /// The long name without its dashes: what a file calls it.
    public var key: String
    /// As they are typed: `--listen`, `-c`.
    public var names: [String]
    public var takesValue: Bool
    public var isRepeating = false
    /// Its value is the next word whatever that looks like.
    public var takesAnyWord = false
    /// What switches a flag off: `--no-color`.
    public var inverse: String?
    /// As the help writes it.
    public var defaultValue: String?
    /// The heading in the help.
    public var section: String?
    /// What the help says in brackets at its end: of an option without a default, what leaving it out comes to.
    public var remark: String?
    /// Given by its place and not by a name.
    public var isPositional = false
  }

  public struct Command: Sendable {
    public var name: String
    public var aliases: [String] = []
    public var options: [Option] = []
    public var subcommands: [Command] = []
    public var defaultSubcommand: String?
    /// What any number of words without a name are, such as URLs.
    public var positional: Option?

    func option(_ key: String) -> Option? { options.first { $0.key == key } }

    /// The key of an option that is typed `-name` or `--name`, or with such dashes in `name` already.
    func key(named name: String) -> String? {
      let bare = name.drop { $0 == "-" }
      return options.first { $0.names.contains("-\(bare)") || $0.names.contains("--\(bare)") }?.key
    }

    func subcommand(_ name: String) -> Command? {
      subcommands.first { $0.name == name || $0.aliases.contains(name) }
    }
  }

  public var root: Command

  public init(root: Command) { self.root = root }

  /// - Throws: `couldNotRun` when ArgumentParser describes commands in another form than this reads.
  public init(_ command: any ParsableCommand.Type) throws(ToolFailure) {
    root = Command(try ToolDescription(command).command)
  }

  /// Of every command, each once.
  var allKeys: Set<String> {
    func keys(_ command: Command) -> Set<String> {
      command.subcommands.reduce(into: Set(command.options.map(\.key))) { $0.formUnion(keys($1)) }
    }
    return keys(root)
  }
}

extension OptionCatalog.Command {
  /// They do something else than run, so they are no settings.
  private static let actions: Set = ["help", "version", "print-config", "completions"]

  init(_ description: ToolDescription.Command) {
    name = description.commandName
    aliases = description.aliases ?? []
    subcommands = (description.subcommands ?? []).map { OptionCatalog.Command($0) }
    defaultSubcommand = description.defaultSubcommand
    options = Self.withInversesPaired(
      (description.arguments ?? []).compactMap { argument in
        guard argument.shouldDisplay, argument.kind != "positional" else { return nil }
        let longNames = argument.longNames
        guard let key = longNames.first, !Self.actions.contains(key) else { return nil }
        return OptionCatalog.Option(
          key: key, names: (argument.names ?? []).map(\.typed), takesValue: argument.kind == "option",
          isRepeating: argument.isRepeating,
          takesAnyWord: ["unconditional", "allRemainingInput"].contains(argument.parsingStrategy),
          defaultValue: argument.defaultValue, section: argument.sectionTitle, remark: argument.remark)
      })
    positional = (description.arguments ?? []).first { $0.kind == "positional" && $0.isRepeating }.flatMap { argument in
      argument.valueName.map {
        OptionCatalog.Option(
          key: $0, names: [], takesValue: true, isRepeating: true, section: argument.sectionTitle, isPositional: true)
      }
    }
  }

  /// ArgumentParser tells of `--color` and `--no-color` as of two flags; here they are one, which is on or off.
  private static func withInversesPaired(_ options: [OptionCatalog.Option]) -> [OptionCatalog.Option] {
    let flags = options.filter { !$0.takesValue }
    var inverses: Set<String> = []
    let paired = options.map { option in
      guard !option.takesValue, let inverse = inverse(of: option.key, in: flags) else { return option }
      inverses.insert(inverse.key)
      var option = option
      option.names += inverse.names
      option.inverse = "--" + inverse.key
      option.defaultValue = option.defaultValue.map { $0 == "--" + inverse.key ? "false" : "true" }
      return option
    }
    return paired.filter { !inverses.contains($0.key) }
  }

  private static func inverse(of key: String, in flags: [OptionCatalog.Option]) -> OptionCatalog.Option? {
    for (on, off) in [("", "no-"), ("enable-", "disable-")] where key.hasPrefix(on) {
      let name = off + key.dropFirst(on.count)
      if let inverse = flags.first(where: { $0.key == name }) { return inverse }
    }
    return nil
  }
}
