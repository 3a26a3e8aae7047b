public import ArgumentParser
public import LoadGen
internal import ToolSupport

/// `gztop`: from the command line to a load on the screen.
///
/// The order matters: the terminal is checked before anything is started, and everything that is printed comes after the
/// dashboard has left it.
public struct GztopCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gztop", abstract: "Watch, load and prove a streaming gzip proxy.", version: ToolVersion.current)

  @OptionGroup public var screen: ScreenArguments

  @Option(name: .customShort("c"), help: "Lanes: streams at a time.")
  public var concurrency = 8

  @Argument(help: "URLs to load, taken round robin.")
  public var targets: [String]

  public init() {}

  public func run() throws {
    try Dashboard.check()
    var plan = LoadPlan(targets: targets)
    plan.concurrency = max(1, concurrency)
    let engine = try LoadEngine(plan: plan, memory: NoTargetMemory())
    try engine.start()
    let end = try Dashboard.run(engine, label: RunLabel(plan: plan), options: screen.options)
    _ = engine.wait()
    if case .signal = end { throw ExitCode(ToolExit.interrupted.rawValue) }
  }
}

extension RunLabel {
  /// What the header says of a plan.
  public init(plan: LoadPlan) {
    let more = plan.targets.count > 1 ? " (and \(plan.targets.count - 1) more)" : ""
    var load = ["\(plan.concurrency) lanes"]
    if let streams = plan.streams { load.append("\(HumanText.grouped(streams)) streams") }
    if let duration = plan.duration { load.append("for \(HumanText.duration(duration.seconds))") }
    if plan.streams == nil && plan.duration == nil { load.append("until quit") }
    load.append("validate \(plan.validation.rawValue)")
    self.init(target: (plan.targets.first ?? "") + more, load: load.joined(separator: ", "))
  }
}
