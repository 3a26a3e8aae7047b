public import ArgumentParser
internal import LoadGen
internal import ToolSupport

/// What is shown instead of a load of one's own.
public struct ShowingArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Show a run that was recorded with --record: play, pause, step, speed, seek.", valueName: "file"),
    completion: .file())
  var replay: String?

  @Option(
    help: ArgumentHelp(
      "Show the run of a gzload that serves its events with --metrics-listen.", valueName: "host:port"))
  var attach: String?

  @Option(
    help: ArgumentHelp(
      "Show a running gzproxy or gzlambda by its own stats (path: /.gzproxy/stats, /.gzlambda/stats).",
      valueName: "url"))
  var watch: String?

  @Flag(help: "Start a load without an end against a host that is not this one without asking.")
  var yes = false

  public init() {}

  /// The keys of the options that name something to show.
  static let keys = ["replay", "attach", "watch"]

  /// What was asked for; nil is a load of one's own.
  var given: (key: String, value: String)? {
    let values = [("replay", replay), ("attach", attach), ("watch", watch)]
    return values.compactMap { key, value in value.map { (key: key, value: $0) } }.first
  }

  /// - Parameter settings: of the run, from everywhere.
  /// - Throws: `usage`, when what is shown cannot go with something else that was given; names both.
  func check(_ settings: Settings) throws(ToolFailure) {
    guard let given else { return }
    for entry in settings.entries where entry.option.key != given.key && entry.isMeant {
      let other = entry.option.isPositional ? OptionWords.shown(entry.values.first ?? "") : "--\(entry.option.key)"
      if Self.keys.contains(entry.option.key) {
        throw .usage("--\(given.key) and \(other): one thing is shown at a time; keep one of them")
      }
      guard !Self.sections.contains(entry.option.section ?? ""), entry.option.key != "no-color" else { continue }
      throw .usage("--\(given.key) and \(other): what is only shown has no load of its own; drop one of them")
    }
  }

  /// - Throws: `usage` for an address that is none, before anybody is asked.
  func checkForm() throws(ToolFailure) {
    if let attach { try AttachSource.check(attach) }
    if let watch { try WatchSource.check(watch) }
  }

  /// - Throws: `usage`, or `couldNotRun` when there is nothing to show.
  func source() throws(ToolFailure) -> (any ShownRun)? {
    guard let given else { return nil }
    switch given.key {
    case "replay":
      do { return try ReplaySource(path: given.value) } catch {
        throw ToolFailure(error.exit, "--replay \(error.message)")
      }
    case "attach": return try AttachSource(given.value)
    default: return try WatchSource(given.value)
    }
  }

  /// The headings of the help whose options go with everything.
  private static let sections: Set = ["Showing", "Screen", "Settings"]
}

extension Settings.Entry {
  /// A flag that a variable or a file switches off is as good as not given.
  fileprivate var isMeant: Bool { option.takesValue || option.isPositional || values != ["false"] }
}
