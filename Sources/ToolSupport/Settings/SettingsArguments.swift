public import ArgumentParser

/// Where options come from besides the command line, and what is done with them instead of a run.
public struct SettingsArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Options from a YAML file, by their long names; variables of the environment win over it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(name: .customLong("print-config"), help: "Print what would run, with the source of every option, and exit.")
  public var printConfig = false

  @Option(
    help: ArgumentHelp("Print a script that completes options in a shell, and exit.", valueName: "bash|zsh|fish"),
    completion: .list(CompletionShell.allCases.map(\.rawValue)))
  var completions: String?

  public init() {}

  /// True when a script was asked for, which is then printed.
  ///
  /// - Parameter optionalValues: options, as typed, whose value stands behind an equals sign or not at all.
  /// - Throws: `usage` for a shell that there is none for; `couldNotRun` when stdout cannot be written.
  public func printedCompletions(
    of command: any ParsableCommand.Type, optionalValues: [String] = []
  ) throws(ToolFailure) -> Bool {
    guard let completions else { return false }
    guard let shell = CompletionShell(rawValue: completions) else {
      let shells = CompletionShell.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--completions", "\(completions.prefix(40)): no script for that shell; there are \(shells)")
    }
    try StandardOutput.write(Self.script(command, shell, optionalValues))
    return true
  }

  private static func script(
    _ command: any ParsableCommand.Type, _ shell: CompletionShell, _ optionalValues: [String]
  ) -> String {
    var script = command.completionScript(for: shell) + "\n"
    // In zsh's words: the value is in the same word.
    for option in optionalValues where shell == .zsh { script = script.replacing("'\(option)[", with: "'\(option)=-[") }
    guard shell == .bash, let name = command.configuration.commandName else { return script }
    return BashCompletion(
      name: name, commands: command.configuration.subcommands.compactMap { $0.configuration.commandName },
      optionalValues: optionalValues
    ).completed(script)
  }
}
