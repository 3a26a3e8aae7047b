public import ArgumentParser

/// The options that are about the screen alone.
public struct ScreenArguments: ParsableArguments, Sendable {
  @Option(name: .customLong("fps"), help: "Drawings a second, 0.5 to 60.")
  public var framesPerSecond: Double = 10

  @Flag(help: "Draw with ASCII characters only.")
  public var ascii = false

  @Option(
    help: ArgumentHelp("Colours: \(Theme.names).", valueName: "name"),
    completion: .list(Theme.allCases.map(\.rawValue)))
  public var theme = Theme.default.rawValue

  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal, which can then select text.")
  public var noMouse = false

  public init() {}

  public func validate() throws {
    guard (0.5...60).contains(framesPerSecond) else {
      throw ValidationError("--fps \(framesPerSecond): drawings a second are between 0.5 and 60")
    }
    guard Theme(rawValue: theme) != nil else {
      throw ValidationError("--theme \(OptionWords.shown(theme)): choose one of \(Theme.names)")
    }
  }

  func options(colours: Bool) -> Dashboard.Options {
    var options = Dashboard.Options()
    options.framesPerSecond = framesPerSecond
    options.ascii = ascii
    options.colours = colours
    options.theme = Theme(rawValue: theme) ?? .default
    options.mouse = !noMouse
    return options
  }
}
