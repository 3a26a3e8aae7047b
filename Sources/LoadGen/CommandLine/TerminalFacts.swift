#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a descriptor's other side can show.
public struct TerminalFacts: Sendable, Equatable {
  public var isTerminal: Bool
  /// Columns; 80 when nobody says.
  public var width = 80
  /// `TERM` is set and not `dumb`.
  public var understandsEscapes: Bool
  /// `NO_COLOR` is set and not empty.
  public var refusesColor: Bool

  public init(isTerminal: Bool, width: Int = 80, understandsEscapes: Bool, refusesColor: Bool) {
    self.isTerminal = isTerminal
    self.width = width
    self.understandsEscapes = understandsEscapes
    self.refusesColor = refusesColor
  }

  public static func of(descriptor: Int32) -> TerminalFacts {
    let term = getenv("TERM").map { String(cString: $0) } ?? ""
    let noColor = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
    return TerminalFacts(
      isTerminal: isatty(descriptor) == 1, width: columns(descriptor) ?? 80,
      understandsEscapes: !term.isEmpty && term != "dumb", refusesColor: !noColor.isEmpty)
  }

  /// Whether to colour: a terminal that can, and nobody who objects.
  public func color(allowed: Bool) -> Bool { allowed && isTerminal && understandsEscapes && !refusesColor }

  /// Whether a line can be drawn over.
  public var redraws: Bool { isTerminal && understandsEscapes }

  private static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
