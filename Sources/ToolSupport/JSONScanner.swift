/// Reads JSON values forward only, without a tree of them: a record has a line for each of millions of streams, and the
/// event of an invocation may hold a body of megabytes.
///
/// Accepts what RFC 8259 does, except that numbers out of the range of Int64 are read as floating point. Never traps; nesting
/// is bounded by `depthLimit`.
public struct JSONScanner {
  public struct Malformed: Error {
    public init() {}
  }

  public static let depthLimit = 64

  private let bytes: UnsafeRawBufferPointer
  private var index = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// Calls `member` for each name of an object; it must read or skip the value.
  public mutating func object(_ member: (String, inout JSONScanner) throws(Malformed) -> Void) throws(Malformed) {
    try expect(UInt8(ascii: "{"))
    if takes(UInt8(ascii: "}")) { return }
    repeat {
      let name = try string()
      try expect(UInt8(ascii: ":"))
      try member(name, &self)
    } while takes(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// Calls `element` for each value of an array; it must read or skip it.
  public mutating func array(_ element: (inout JSONScanner) throws(Malformed) -> Void) throws(Malformed) {
    try expect(UInt8(ascii: "["))
    if takes(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while takes(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  public mutating func integer() throws(Malformed) -> Int64 {
    skipSpace()
    let start = index
    let isNegative = peek == UInt8(ascii: "-")
    if isNegative { index &+= 1 }
    var value: Int64 = 0
    let first = index
    while let digit = peek, (0x30...0x39).contains(digit) {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int64(digit &- 0x30))
      guard !tooLarge, !carries else { throw Malformed() }
      value = sum
      index &+= 1
    }
    guard index > first else { throw Malformed() }
    if peek == UInt8(ascii: ".") || peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      index = start
      guard let whole = Int64(exactly: try number()) else { throw Malformed() }
      return whole
    }
    return isNegative ? 0 &- value : value
  }

  public mutating func number() throws(Malformed) -> Double {
    skipSpace()
    let start = index
    while let byte = peek, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { index &+= 1 }
    guard index &- start <= 64, let value = Double(String(decoding: bytes[start..<index], as: UTF8.self)),
      value.isFinite
    else { throw Malformed() }
    return value
  }

  public mutating func boolean() throws(Malformed) -> Bool {
    skipSpace()
    if takesWord("true") { return true }
    if takesWord("false") { return false }
    throw Malformed()
  }

  public mutating func string() throws(Malformed) -> String {
    try expect(UInt8(ascii: "\""))
    let start = index
    while let byte = peek {
      if byte == UInt8(ascii: "\"") {
        defer { index &+= 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      guard byte >= 0x20 else { throw Malformed() }
      index &+= 1
    }
    throw Malformed()
  }

  /// True, and read, when the value is null.
  public mutating func null() -> Bool {
    skipSpace()
    return takesWord("null")
  }

  /// The kind of the next value, by its first byte.
  public enum Kind: Sendable { case object, array, string, number, boolean, null, none }

  public mutating func kind() -> Kind {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    case .some(let byte) where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return .number
    default: return .none
    }
  }

  /// A string as it stands between its quotes, escapes and all: for one of megabytes that holds none, as base64 does.
  public mutating func rawString() throws(Malformed) -> Range<Int> {
    try expect(UInt8(ascii: "\""))
    let start = index
    while let byte = peek {
      index &+= 1
      if byte == UInt8(ascii: "\"") { return start..<(index &- 1) }
      if byte == UInt8(ascii: "\\") { index &+= 1 }
      guard byte >= 0x20 else { throw Malformed() }
    }
    throw Malformed()
  }

  /// Any value, unread.
  public mutating func skip(depth: Int = 0) throws(Malformed) {
    guard depth < Self.depthLimit else { throw Malformed() }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      try object { (_, scanner) throws(Malformed) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "["):
      try array { (scanner) throws(Malformed) in try scanner.skip(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try boolean()
    case UInt8(ascii: "n"): guard takesWord("null") else { throw Malformed() }
    default: _ = try number()
    }
  }

  /// Nothing but white space may follow.
  public mutating func end() throws(Malformed) {
    skipSpace()
    guard index == bytes.count else { throw Malformed() }
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 9 || byte == 10 || byte == 13 { index &+= 1 }
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    index &+= 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard takes(byte) else { throw Malformed() }
  }

  private mutating func takesWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard bytes.count &- index >= length else { return false }
    for offset in 0..<length where bytes[index &+ offset] != word.utf8Start[offset] { return false }
    index &+= length
    return true
  }

  private mutating func escapedString(from start: Int) throws(Malformed) -> String {
    var out = Array(bytes[start..<index])
    while let byte = peek {
      index &+= 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
      case UInt8(ascii: "\\"): out.append(contentsOf: try escape())
      case 0x20...: out.append(byte)
      default: throw Malformed()
      }
    }
    throw Malformed()
  }

  /// What stands for the escape whose backslash was read.
  private mutating func escape() throws(Malformed) -> String.UTF8View {
    guard let byte = peek else { throw Malformed() }
    index &+= 1
    switch byte {
    case UInt8(ascii: "n"): return "\n".utf8
    case UInt8(ascii: "r"): return "\r".utf8
    case UInt8(ascii: "t"): return "\t".utf8
    case UInt8(ascii: "b"): return "\u{8}".utf8
    case UInt8(ascii: "f"): return "\u{C}".utf8
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
      return String(Unicode.Scalar(byte)).utf8
    case UInt8(ascii: "u"): return String(try scalar()).utf8
    default: throw Malformed()
    }
  }

  /// Of `\uXXXX`, or of two of them that are a surrogate pair; half of a pair is the replacement character.
  private mutating func scalar() throws(Malformed) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let mark = index
    if first < 0xDC00, takesWord("\\u") {
      let second = try hexadecimal()
      if (0xDC00...0xDFFF).contains(second) {
        let value = 0x10000 &+ (first &- 0xD800) &<< 10 &+ (second &- 0xDC00)
        if let scalar = Unicode.Scalar(value) { return scalar }
      }
      index = mark
    }
    return "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(Malformed) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Malformed() }
      value = value &<< 4 | UInt32(digit)
      index &+= 1
    }
    return value
  }
}
