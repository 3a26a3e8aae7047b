/// Bytes of a terminal in, keys and reports out. Pure; the time comes in with the bytes, in seconds on any clock that
/// only goes forward.
///
/// Guarantees: an escape sequence that is not known, wherever it was torn apart on its way, is nothing and never presses
/// the letters in it. A lone escape is the Escape key once nothing has followed it for `escapeSeconds`; a `[` or `O` that
/// comes late still belongs to it, because a slow line tears reports there and nobody types that.
/// Costs: at most 4 KiB, for pasted text.
struct KeyDecoder: Sendable {
  static let escapeSeconds = 0.05
  static let lateSeconds = 0.3
  /// What has no end after so long a silence never gets one.
  static let silenceSeconds = 1.0
  static let doublePressSeconds = 0.4
  static let sequenceLimit = 64
  /// Bytes of pasted text that are kept.
  static let pasteLimit = 4096

  private enum State {
    case ground
    /// After an escape; `spent` once it has counted as a key.
    case escape(spent: Bool)
    case control
    case single
    /// A string for programs, up to BEL or the next escape.
    case string
    case paste
    /// The old mouse report: so many more bytes, whatever they are.
    case oldMouse(Int)
    case character(wanted: Int)
  }

  private let sequences: KeySequences
  private var state = State.ground
  private var buffer: [UInt8] = []
  private var lastByte = -Double.infinity
  private var lastPress: (row: Int, column: Int, time: Double)?
  private(set) var events: [ScreenEvent] = []
  /// Whether the terminal has said that it can hold a frame back until it is whole.
  private(set) var canSynchronize = false

  init(_ sequences: KeySequences = KeySequences()) { self.sequences = sequences }

  /// Takes the events so far.
  mutating func takeEvents() -> [ScreenEvent] {
    defer { events.removeAll(keepingCapacity: true) }
    return events
  }

  /// When `idle` has something to do; nil when it has not.
  var deadline: Double? {
    switch state {
    case .escape(spent: false): lastByte + Self.escapeSeconds
    case .string, .paste: lastByte + Self.silenceSeconds
    default: nil
    }
  }

  /// Nothing has come until now.
  mutating func idle(at now: Double) {
    guard let deadline, now >= deadline else { return }
    switch state {
    case .escape:
      events.append(.key(.escape))
      state = .escape(spent: true)
    case .paste: endPaste(buffer.count)
    default: state = .ground
    }
  }

  mutating func receive(_ bytes: some Sequence<UInt8>, at now: Double) {
    for byte in bytes { receive(byte, at: now) }
  }

  private mutating func receive(_ byte: UInt8, at now: Double) {
    idle(at: now)
    let silence = now - lastByte
    lastByte = now
    switch state {
    case .ground: begin(byte)
    case .escape(let spent): afterEscape(byte, spent, silence)
    case .control: control(byte, now)
    case .single: single(byte)
    case .string:
      if byte == 0x07 { state = .ground }
      if byte == 0x1b { state = .escape(spent: false) }
    case .paste: paste(byte)
    case .oldMouse(let left): state = left > 1 ? .oldMouse(left - 1) : .ground
    case .character(let wanted): character(byte, wanted)
    }
  }

  // MARK: - Characters

  private mutating func begin(_ byte: UInt8) {
    switch byte {
    case 0x1b: state = .escape(spent: false)
    case 0x0a, 0x0d: events.append(.key(.enter))
    case 0x09: events.append(.key(.tab))
    case 0x08, 0x7f: events.append(.key(.backspace))
    case 0..<0x80: events.append(.key(.character(Unicode.Scalar(byte))))
    case 0xc2...0xf4:
      buffer = [byte]
      state = .character(wanted: byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4)
    default: break
    }
  }

  private mutating func character(_ byte: UInt8, _ wanted: Int) {
    guard byte & 0xc0 == 0x80 else {
      state = .ground
      return begin(byte)
    }
    buffer.append(byte)
    guard buffer.count == wanted else { return }
    state = .ground
    let scalars = String(decoding: buffer, as: UTF8.self).unicodeScalars
    guard scalars.count == 1, let scalar = scalars.first, scalar != "\u{fffd}", scalar.value >= 0xa0 else { return }
    events.append(.key(.character(scalar)))
  }

  // MARK: - Sequences

  private mutating func afterEscape(_ byte: UInt8, _ spent: Bool, _ silence: Double) {
    let continues = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O")
    if spent, !continues || silence > Self.lateSeconds {
      state = .ground
      return begin(byte)
    }
    buffer = [0x1b, byte]
    switch byte {
    case UInt8(ascii: "["): state = .control
    case UInt8(ascii: "O"): state = .single
    case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "]"), UInt8(ascii: "^"), UInt8(ascii: "_"): state = .string
    case 0x1b: events.append(.key(.escape))
    case 0..<0x20:
      // Ctrl-C has to count, whatever came before it.
      state = .ground
      begin(byte)
    default:
      state = .ground
      endSequence()
    }
  }

  private mutating func control(_ byte: UInt8, _ now: Double) {
    switch byte {
    case 0x1b: state = .escape(spent: false)
    case 0..<0x20:
      state = .ground
      if byte != 0x18, byte != 0x1a { begin(byte) }
    case 0x20..<0x40: if buffer.count < Self.sequenceLimit { buffer.append(byte) }
    case UInt8(ascii: "[") where buffer.count == 2: buffer.append(byte)
    case 0x40..<0x7f:
      state = .ground
      buffer.append(byte)
      if buffer.count <= Self.sequenceLimit { endControl(byte, now) }
    default: state = .ground
    }
  }

  private mutating func single(_ byte: UInt8) {
    // A modifier may come before the letter.
    if (0x30..<0x40).contains(byte), buffer.count < 8 { return buffer.append(byte) }
    state = .ground
    if byte < 0x20 { return begin(byte) }
    buffer.append(byte)
    endSequence()
  }

  private mutating func endSequence() {
    if let key = sequences.key(buffer) { events.append(.key(key)) }
  }

  private mutating func endControl(_ final: UInt8, _ now: Double) {
    let body = buffer[2..<buffer.count - 1]
    switch final {
    case UInt8(ascii: "I") where body.isEmpty: events.append(.focus(true))
    case UInt8(ascii: "O") where body.isEmpty: events.append(.focus(false))
    case UInt8(ascii: "M") where body.isEmpty: state = .oldMouse(3)
    case UInt8(ascii: "M") where body.first == UInt8(ascii: "<"): mouse(body.dropFirst(), now)
    case UInt8(ascii: "m") where body.first == UInt8(ascii: "<"): break
    case UInt8(ascii: "y"): modeReport(body)
    case UInt8(ascii: "~") where Array(body) == Array("200".utf8):
      buffer.removeAll(keepingCapacity: true)
      state = .paste
    default: endSequence()
    }
  }

  private static func numbers(_ body: some Sequence<UInt8>) -> [Int?] {
    String(decoding: Array(body), as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
  }

  private mutating func modeReport(_ body: ArraySlice<UInt8>) {
    if Array(body) == Array("?2026;1$".utf8) || Array(body) == Array("?2026;2$".utf8) { canSynchronize = true }
  }

  /// Presses of the first button and turns of the wheel; with Shift, Alt or Ctrl they are the same.
  private mutating func mouse(_ body: ArraySlice<UInt8>, _ now: Double) {
    let numbers = Self.numbers(body)
    guard numbers.count == 3, let button = numbers[0], let x = numbers[1], let y = numbers[2],
      (1...10_000).contains(x), (1...10_000).contains(y)
    else { return }
    let (row, column) = (y - 1, x - 1)
    switch button & ~0b11100 {
    case 64: events.append(.mouse(MouseEvent(row: row, column: column, action: .wheelUp)))
    case 65: events.append(.mouse(MouseEvent(row: row, column: column, action: .wheelDown)))
    case 0:
      let again = lastPress.map { $0.row == row && $0.column == column && now - $0.time < Self.doublePressSeconds }
      events.append(.mouse(MouseEvent(row: row, column: column, action: again == true ? .doublePress : .press)))
      lastPress = again == true ? nil : (row, column, now)
    default: break
    }
  }

  // MARK: - Pasted text

  private static let pasteEnd = Array("\u{1b}[201~".utf8)

  private mutating func paste(_ byte: UInt8) {
    // The text is cut, and its end still found.
    if buffer.count >= Self.pasteLimit + Self.pasteEnd.count { buffer.remove(at: Self.pasteLimit) }
    buffer.append(byte)
    if buffer.suffix(Self.pasteEnd.count) == Self.pasteEnd[...] { endPaste(buffer.count - Self.pasteEnd.count) }
  }

  private mutating func endPaste(_ count: Int) {
    let text = String(decoding: buffer.prefix(min(count, Self.pasteLimit)), as: UTF8.self)
    var kept = String.UnicodeScalarView()
    for scalar in text.unicodeScalars where (ScalarWidth.of(scalar) ?? 0) > 0 { kept.append(scalar) }
    state = .ground
    buffer.removeAll(keepingCapacity: true)
    if !kept.isEmpty { events.append(.paste(String(kept))) }
  }
}
