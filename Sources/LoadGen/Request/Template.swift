internal import ToolSupport

/// A text with places that each stream fills in for itself: `{seq}` its number in the plan, `{uuid}` a version 4 UUID,
/// `{rand:N}` a number from 0 to N-1. Both random ones are a function of seed, stream and place alone.
///
/// Any other braces are what they are, so that JSON and URLs pass; `{{seq}}` is how `{seq}` itself is written.
struct Template: Sendable, Equatable {
  private enum Piece: Sendable, Equatable {
    case text([UInt8])
    case sequence
    case uuid(position: Int)
    case random(bound: UInt64, position: Int)
  }

  private let pieces: [Piece]

  /// Whether streams differ in it.
  var varies: Bool {
    pieces.contains { if case .text = $0 { false } else { true } }
  }

  /// - Parameter position: of the first place within the request; moved behind the last one, so that no two are alike.
  /// - Throws: what is wrong with a `{rand:…}`, as the end of a usage error.
  init(_ text: some Collection<UInt8>, position: inout Int) throws(TemplateFault) {
    var pieces: [Piece] = []
    var plain: [UInt8] = []
    var rest = Array(text)[...]
    while let brace = rest.firstIndex(of: Self.open) {
      plain += rest[..<brace]
      rest = rest[brace...]
      if rest.dropFirst().first == Self.open, let name = Self.name(rest.dropFirst()), Self.isKnown(name.text),
        rest.dropFirst(name.length + 1).first == Self.close
      {
        plain += rest.dropFirst().prefix(name.length)
        rest = rest.dropFirst(name.length + 2)
      } else if let name = Self.name(rest), let piece = try Self.piece(name.text, &position) {
        if !plain.isEmpty { pieces.append(.text(plain)) }
        plain = []
        pieces.append(piece)
        rest = rest.dropFirst(name.length)
      } else {
        plain.append(Self.open)
        rest = rest.dropFirst()
      }
    }
    plain += rest
    if !plain.isEmpty { pieces.append(.text(plain)) }
    self.pieces = pieces
  }

  func bytes(seed: UInt64, stream: Int) -> [UInt8] {
    var out: [UInt8] = []
    for piece in pieces {
      switch piece {
      case .text(let bytes): out += bytes
      case .sequence: out += String(stream).utf8
      case .uuid(let position): out += Self.uuid(seed: seed, stream: stream, position: position).utf8
      case .random(let bound, let position):
        out += String(StreamRandom.below(bound, seed: seed, stream: stream, position: position)).utf8
      }
    }
    return out
  }

  func text(seed: UInt64, stream: Int) -> String { String(decoding: bytes(seed: seed, stream: stream), as: UTF8.self) }

  // MARK: Reading

  private static let open = UInt8(ascii: "{")
  private static let close = UInt8(ascii: "}")
  /// Of a placeholder, braces included: `{rand:` and a number of 64 bits.
  private static let longest = 32

  /// What stands between this brace and the next closing one.
  private static func name(_ text: ArraySlice<UInt8>) -> (text: String, length: Int)? {
    guard let end = text.prefix(longest).firstIndex(of: close) else { return nil }
    let inside = text[text.startIndex + 1..<end]
    return (String(decoding: inside, as: UTF8.self), inside.count + 2)
  }

  private static func isKnown(_ name: String) -> Bool { name == "seq" || name == "uuid" || name.hasPrefix("rand:") }

  private static func piece(_ name: String, _ position: inout Int) throws(TemplateFault) -> Piece? {
    guard isKnown(name) else { return nil }
    guard name != "seq" else { return .sequence }
    defer { position += 1 }
    guard name != "uuid" else { return .uuid(position: position) }
    let digits = name.dropFirst("rand:".count)
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let bound = UInt64(digits), bound > 0 else {
      throw TemplateFault(placeholder: "{\(name)}")
    }
    return .random(bound: bound, position: position)
  }

  /// RFC 9562 §5.4.
  private static func uuid(seed: UInt64, stream: Int, position: Int) -> String {
    let high = StreamRandom.bits(seed: seed, stream: stream, position: position) & ~0xF000 | 0x4000
    let low = StreamRandom.bits(seed: seed, stream: stream, position: position, draw: 1) & ~(3 << 62) | 1 << 63
    let digits = Array((hexadecimal(high) + hexadecimal(low)).utf8)
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
  }

  private static func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, 16 - digits.count)) + digits
  }
}

/// A placeholder that cannot be filled in.
struct TemplateFault: Error, Equatable {
  let placeholder: String

  /// As the end of a usage error.
  var reason: String {
    "\(OptionText.shown(placeholder)) needs a whole number from 1, as in {rand:1000}; "
      + "for the text itself write {\(OptionText.shown(placeholder))}"
  }
}
