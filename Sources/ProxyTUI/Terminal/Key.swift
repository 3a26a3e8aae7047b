/// A key as the keyboard sends it; what it does is the reducer's business.
enum Key: Equatable, Sendable {
  /// Ctrl-A…Ctrl-Z are U+0001…U+001A, but for those that are keys of their own: Ctrl-H, Ctrl-I, Ctrl-J and Ctrl-M.
  case character(Unicode.Scalar)
  case up, down, left, right, pageUp, pageDown, home, end
  case enter, tab, backTab, backspace, delete
  /// F1…F12.
  case f(Int)
  case other

  static func control(_ letter: Unicode.Scalar) -> Key {
    .character(Unicode.Scalar(UInt8(truncatingIfNeeded: letter.value & 0x1f)))
  }

  static let escape = Key.character("\u{1b}")
  static let f1 = Key.f(1)
}

/// What a mouse did, and where: rows and columns count from 0.
struct MouseEvent: Equatable, Sendable {
  enum Action: Equatable, Sendable {
    case press
    /// The second press at one place within `KeyDecoder.doublePressSeconds`.
    case doublePress
    case wheelUp, wheelDown
  }

  var row: Int
  var column: Int
  var action: Action
}

/// What a screen tells the loop.
enum ScreenEvent: Equatable, Sendable {
  case key(Key)
  case mouse(MouseEvent)
  /// Pasted text, without anything that a terminal would obey and cut to `KeyDecoder.pasteLimit`: never keys.
  case paste(String)
  /// Whether somebody looks at this terminal, where it tells.
  case focus(Bool)
  case resized
  /// The number of INT, TERM, HUP, QUIT, TSTP or CONT.
  case signal(Int32)
  /// The terminal is gone.
  case hungUp
}
