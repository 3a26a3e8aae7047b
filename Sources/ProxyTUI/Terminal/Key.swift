/// A key as the keyboard sends it; what it does is the reducer's business.
enum Key: Equatable, Sendable {
  /// Ctrl-A…Ctrl-Z are U+0001…U+001A.
  case character(Unicode.Scalar)
  case up, down, left, right, pageUp, pageDown, home, end, f1
  case enter, tab, backTab, backspace, delete
  case other

  static func control(_ letter: Unicode.Scalar) -> Key {
    .character(Unicode.Scalar(UInt8(truncatingIfNeeded: letter.value & 0x1f)))
  }

  static let escape = Key.character("\u{1b}")
}

/// What was done with the mouse, and where: cells of the screen, from 0.
struct MouseEvent: Equatable, Sendable {
  enum Action: Equatable, Sendable {
    case press, doublePress, wheelUp, wheelDown
  }

  var row: Int
  var column: Int
  var action: Action
}

/// What a screen tells the loop.
enum ScreenEvent: Equatable, Sendable {
  case key(Key)
  case resized
  /// The number of INT, TERM, HUP, QUIT, TSTP or CONT.
  case signal(Int32)
  /// The terminal is gone.
  case hungUp
}
