internal import CTerminal
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Whether there is a terminal that can be drawn on. The judgement is a pure function of four facts.
struct TerminalRequirement {
  /// `TERM`.
  var type: String?
  /// Whether terminfo has an entry for it that can address the cursor.
  var known: Bool
  /// Whether /dev/tty can be opened.
  var hasTerminal: Bool

  /// Why the dashboard cannot be drawn, in one line that says what to run instead; nil when it can.
  var refusal: String? {
    let instead = "gzload does the same without a screen"
    guard hasTerminal else { return "no controlling terminal to draw on; \(instead)" }
    guard let type, !type.isEmpty else { return "TERM is not set; \(instead)" }
    if type == "dumb" { return "TERM=dumb cannot be drawn on; \(instead)" }
    let name = String(type.prefix(40).filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-+._".contains($0)) })
    return known ? nil : "TERM=\(name) is not a terminal type that can be drawn on; \(instead)"
  }

  static func ofProcess() -> TerminalRequirement {
    let type = getenv("TERM").map { String(cString: $0) }
    let tty = cterm_open_tty()
    if tty >= 0 { close(tty) }
    let known = tty >= 0 && type.map { $0 != "dumb" && !$0.isEmpty && cterm_knows($0) } ?? false
    return TerminalRequirement(type: type, known: known, hasTerminal: tty >= 0)
  }
}
