public import ArgumentParser

/// The options that are about the screen alone.
public struct ScreenArguments: ParsableArguments, Sendable {
  @Option(name: .customLong("fps"), help: "Drawings a second, 0.5 to 60.")
  public var framesPerSecond: Double = 10

  @Flag(help: "Draw with ASCII characters only.")
  public var ascii = false

  @Flag(name: .customLong("no-color"), help: "Draw without colours (as NO_COLOR does).")
  public var noColour = false

  public init() {}

  public func validate() throws {
    guard (0.5...60).contains(framesPerSecond) else {
      throw ValidationError("--fps \(framesPerSecond): drawings a second are between 0.5 and 60")
    }
  }

  public var options: Dashboard.Options {
    var options = Dashboard.Options()
    options.framesPerSecond = framesPerSecond
    options.ascii = ascii
    options.colours = !noColour
    return options
  }
}
