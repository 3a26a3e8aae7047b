/// Which glyphs the views may use, from the richest down. Never a reason not to start: ASCII always works.
public enum GlyphSet: Sendable, CaseIterable {
  /// Two columns and four rows of dots a cell, and eighths of a block.
  case braille
  /// Whole and half blocks, which even a console font has.
  case block
  case ascii

  /// - Parameters:
  ///   - utf8: whether the locale's encoding is UTF-8.
  ///   - terminal: `TERM`. The Linux console has no braille in its font.
  ///   - asciiWanted: `--ascii`.
  public static func choose(utf8: Bool, terminal: String, asciiWanted: Bool) -> GlyphSet {
    if asciiWanted || !utf8 { return .ascii }
    return terminal == "linux" ? .block : .braille
  }

  var unicode: Bool { self != .ascii }
  var rule: Unicode.Scalar { unicode ? "─" : "-" }
  var dash: String { unicode ? "—" : "-" }
  var separator: String { unicode ? " · " : " | " }
  var barFull: Unicode.Scalar { unicode ? "█" : "#" }
  var barRest: Unicode.Scalar { unicode ? "░" : "." }
  var mark: Unicode.Scalar { unicode ? "▓" : "#" }
  var selection: Unicode.Scalar { unicode ? "▸" : ">" }
  var arrows: String { unicode ? "↑↓" : "j k" }

  func sortMark(descending: Bool) -> Unicode.Scalar {
    guard unicode else { return descending ? "v" : "^" }
    return descending ? "▾" : "▴"
  }

  /// A share of a cell's height, for sparklines; nil for next to nothing.
  func level(_ share: Double) -> Unicode.Scalar? {
    guard share > 0.001, share.isFinite else { return nil }
    let eighths = min(8, max(1, Int((share * 8).rounded())))
    switch self {
    case .braille: return Unicode.Scalar(0x2580 + UInt32(eighths))
    case .block: return eighths > 4 ? "█" : "▄"
    case .ascii: return [".", ":", "-", "=", "+", "*", "#", "@"][eighths - 1]
    }
  }

  /// The last, partly filled cell of a bar, by eighths 1…7; nil when the rest stays empty.
  func barPart(eighths: Int) -> Unicode.Scalar? {
    switch self {
    case .braille: Unicode.Scalar(0x2590 - UInt32(min(max(eighths, 1), 7)))
    case .block: eighths >= 4 ? "▌" : nil
    case .ascii: eighths >= 4 ? "=" : nil
    }
  }
}
