public import ArgumentParser

/// Where options come from besides the command line, and what is done with them instead of a run.
public struct SettingsArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Options from a YAML file, by their long names; variables of the environment win over it.", valueName: "file"))
  var config: String?

  @Flag(name: .customLong("print-config"), help: "Print what would run, with the source of every option, and exit.")
  public var printConfig = false

  @Option(
    help: ArgumentHelp("Print a script that completes options in a shell, and exit.", valueName: "bash|zsh|fish"))
  var completions: String?

  public init() {}

  /// True when a script was asked for, which is then printed.
  ///
  /// - Throws: `usage` for a shell that there is none for.
  public func printedCompletions(of command: any ParsableCommand.Type) throws(ToolFailure) -> Bool {
    guard let completions else { return false }
    guard let shell = CompletionShell(rawValue: completions) else {
      let shells = CompletionShell.allCases.map(\.rawValue).joined(separator: ", ")
      throw .usage("--completions", "\(completions.prefix(40)): no script for that shell; there are \(shells)")
    }
    print(command.completionScript(for: shell))
    return true
  }
}
