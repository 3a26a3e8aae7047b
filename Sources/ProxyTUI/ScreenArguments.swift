public import ArgumentParser

/// The options that are about the screen alone.
public struct ScreenArguments: ParsableArguments, Sendable {
  @Option(name: .customLong("fps"), help: "Drawings a second, 0.5 to 60.")
  public var framesPerSecond: Double = 10

  @Flag(help: "Draw with ASCII characters only.")
  public var ascii = false

  @Option(
    help: ArgumentHelp("Colours: \(ScreenArguments.themes.joined(separator: ", ")).", valueName: "name"),
    completion: .list(ScreenArguments.themes))
  public var theme = "default"

  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal, which can then select text.")
  public var noMouse = false

  public static let themes = ["default", "mono", "light", "contrast"]

  public init() {}

  public func validate() throws {
    guard (0.5...60).contains(framesPerSecond) else {
      throw ValidationError("--fps \(framesPerSecond): drawings a second are between 0.5 and 60")
    }
    guard Self.themes.contains(theme) else {
      let choices = "\(Self.themes.dropLast().joined(separator: ", ")) or \(Self.themes.last ?? "")"
      throw ValidationError("--theme \(OptionWords.shown(theme)): choose \(choices)")
    }
  }

  func options(colours: Bool) -> Dashboard.Options {
    var options = Dashboard.Options()
    options.framesPerSecond = framesPerSecond
    options.ascii = ascii
    options.colours = colours
    options.theme = theme
    options.mouse = !noMouse
    return options
  }
}
