internal import CTerminal
public import LoadGen
public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The dashboard from outside: check, then run. Call `run` from a thread that has nothing else to do: it is the screen's until it returns.
public enum Dashboard {
  public struct Options: Sendable {
    /// `--fps`; 0.5 to 60.
    public var framesPerSecond: Double = 10
    /// `--ascii`.
    public var ascii = false
    /// False with `--no-color`; `NO_COLOR` is honoured besides.
    public var colours = true
    /// `--theme`.
    public var theme = Theme.default
    /// False with `--no-mouse`: then the terminal keeps its own use of it, which is selecting text.
    public var mouse = true
    /// What is started as the guardian, with `GuardianRole.argument`; nil is this process's own executable.
    public var guardianExecutable: String?

    public init() {}
  }

  /// Whether there is a terminal to draw on. To be asked before anything else is started.
  ///
  /// - Throws: `ToolFailure` with `usage`, in one line that points at gzload.
  public static func check() throws(ToolFailure) {
    if let refusal = TerminalRequirement.ofProcess().refusal { throw .usage(refusal) }
  }

  /// Draws a run until a person or a signal ends it. When it returns the terminal is as it was before, and
  /// what
  /// was written to stderr meanwhile has been shown. A load has been told to stop, unless it had finished.
  ///
  /// - Throws: `ToolFailure` with `usage` when there is no terminal to draw on.
  public static func run(
    _ source: any RunSource, label: RunLabel, options: Options = Options()
  ) throws(ToolFailure) -> DashboardEnd {
    try check()
    let glyphs = GlyphSet.choose(
      utf8: cterm_utf8(), terminal: getenv("TERM").map { String(cString: $0) } ?? "", asciiWanted: options.ascii)
    var label = label
    label.fileStem = fileStem()
    // Started before the terminal is taken: a child must not inherit it.
    let guardian = startGuardian(options, &label)
    defer { guardian?.dismiss() }
    ErrorCapture.begin()
    defer { ErrorCapture.end() }
    let terminal = try Terminal(options: options, guardian: guardian)
    defer { terminal.close() }
    var loop = DashboardLoop(
      screen: terminal, source: source, label: label, glyphs: glyphs, framesPerSecond: options.framesPerSecond,
      clock: monotonicSeconds)
    return loop.run()
  }

  /// `gztop-20261122-221500`, of the local clock.
  private static func fileStem() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    let two = { (value: Int32) in HumanText.padded(Int(value), 2) }
    let date = "\(Int(parts.tm_year) + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
    return "gztop-\(date)-\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))"
  }

  private static func startGuardian(_ options: Options, _ label: inout RunLabel) -> Guardian? {
    do {
      guard let executable = options.guardianExecutable ?? OwnExecutable.startable else { return nil }
      return try Guardian(executable: executable)
    } catch {
      label.note = label.note ?? error.message
      return nil
    }
  }
}
