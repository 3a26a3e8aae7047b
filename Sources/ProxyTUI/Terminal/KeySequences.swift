/// Which sequence is which key.
///
/// Terminfo's own strings go first; behind them what nearly all terminals send, whatever their type says.
struct KeySequences: Sendable {
  private var known: [[UInt8]: Key] = [:]

  /// - Parameter capability: the string of a capability in this terminal's entry, nil when it has none.
  init(capability: (String) -> [UInt8]? = { _ in nil }) {
    for (name, key) in Self.names {
      // What does not begin with an escape is a character, and is taken as one.
      if let bytes = capability(name), bytes.count > 1, bytes[0] == 0x1b { known[bytes] = key }
    }
  }

  /// Nil for what is no key that anything is done with.
  func key(_ sequence: [UInt8]) -> Key? { known[sequence] ?? Self.common(sequence) }

  private static let names: [(String, Key)] =
    [
      ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right), ("kpp", .pageUp), ("knp", .pageDown),
      ("khome", .home), ("kend", .end), ("kent", .enter), ("kcbt", .backTab), ("kbs", .backspace), ("kdch1", .delete),
    ] + (1...12).map { ("kf\($0)", .f($0)) }

  private static func common(_ sequence: [UInt8]) -> Key? {
    guard sequence.count >= 3, let last = sequence.last else { return nil }
    if sequence[1] == UInt8(ascii: "O") { return sequence.count == 3 ? application(last) : nil }
    if sequence[2] == UInt8(ascii: "["), sequence.count == 4 { return console(last) }
    if sequence.count == 3 { return last == UInt8(ascii: "Z") ? .backTab : cursor(last) }
    guard last == UInt8(ascii: "~") else { return nil }
    return Int(String(decoding: sequence[2..<sequence.count - 1], as: UTF8.self)).flatMap(numbered)
  }

  private static func cursor(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    default: nil
    }
  }

  private static func application(_ final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "P")...UInt8(ascii: "S"): .f(Int(final - UInt8(ascii: "P")) + 1)
    default: cursor(final)
    }
  }

  /// The Linux console's F1…F5.
  private static func console(_ final: UInt8) -> Key? {
    (UInt8(ascii: "A")...UInt8(ascii: "E")).contains(final) ? .f(Int(final - UInt8(ascii: "A")) + 1) : nil
  }

  private static func numbered(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .f(number - 10)
    case 17...21: .f(number - 11)
    case 23, 24: .f(number - 12)
    default: nil
    }
  }
}
