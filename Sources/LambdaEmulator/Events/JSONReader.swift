/// Reads one JSON text (RFC 8259) into a value, in time proportional to its length and without recursion: what a function
/// answers is read on the event loop, megabytes of it at once.
///
/// Where RFC 8259 leaves a choice, as Go's encoding/json, in which AWS's supervisor is written:
/// - Of a name that repeats, the last value.
/// - What is no UTF-8 becomes U+FFFD, and so does half of a surrogate pair.
/// - Whole numbers without fraction or exponent are integers as far as Int64 reaches, all others floating point; one beyond that is
///   no JSON.
/// - No byte order mark, no comments, nothing behind the value but white space.
///
/// Nesting beyond `depthLimit` and numbers longer than `numberLimit` are refused (Go: 10,000 levels, any length).
struct JSONReader: ~Copyable {
  struct Malformed: Error {}

  /// Of arrays and objects within each other. Bounds the stack that freeing them takes.
  static let depthLimit = 512
  /// In bytes: the most digits that can tell two numbers apart are fewer.
  static let numberLimit = 1024

  /// An array or object that has begun.
  private struct Open {
    var isObject: Bool
    var elements: [JSONValue] = []
    var members: [String: JSONValue] = [:]
    /// Of the member whose value is being read.
    var name = ""

    mutating func add(_ value: JSONValue) {
      if isObject { members[name] = value } else { elements.append(value) }
    }

    var value: JSONValue { isObject ? .object(members) : .array(elements) }
  }

  private let bytes: UnsafeRawBufferPointer
  private var index = 0
  private var open: [Open] = []

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The whole text. Once.
  mutating func read() throws(Malformed) -> JSONValue {
    while true {
      guard var value = try begin() else { continue }
      // What is complete goes into what it stands in, which may be complete with it.
      while let innermost = open.indices.last {
        open[innermost].add(value)
        guard try isLast(in: innermost) else { break }
        value = open.removeLast().value
      }
      if open.isEmpty {
        guard next() == nil else { throw Malformed() }
        return value
      }
    }
  }

  /// A value that is complete at once, or nil for the beginning of an array or object that holds something.
  private mutating func begin() throws(Malformed) -> JSONValue? {
    switch next() {
    case UInt8(ascii: "{"): return try enter(isObject: true)
    case UInt8(ascii: "["): return try enter(isObject: false)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func enter(isObject: Bool) throws(Malformed) -> JSONValue? {
    guard open.count < Self.depthLimit else { throw Malformed() }
    index &+= 1
    if next() == UInt8(ascii: isObject ? "}" : "]") {
      index &+= 1
      return isObject ? .object([:]) : .array([])
    }
    open.append(Open(isObject: isObject))
    if isObject { try name() }
    return nil
  }

  /// Behind a value: whether what it stands in ends there. If not, the next value begins.
  private mutating func isLast(in innermost: Int) throws(Malformed) -> Bool {
    let isObject = open[innermost].isObject
    let byte = next()
    guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: isObject ? "}" : "]") else { throw Malformed() }
    index &+= 1
    guard byte == UInt8(ascii: ",") else { return true }
    if isObject { try name() }
    return false
  }

  private mutating func name() throws(Malformed) {
    guard next() == UInt8(ascii: "\"") else { throw Malformed() }
    let name = try string()
    guard next() == UInt8(ascii: ":") else { throw Malformed() }
    index &+= 1
    open[open.count - 1].name = name
  }
}

// MARK: Words, numbers, strings

extension JSONReader {
  /// The first byte that is no white space, unread; nil at the end.
  private mutating func next() -> UInt8? {
    while index < bytes.count {
      switch bytes[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index &+= 1
      case let byte: return byte
      }
    }
    return nil
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Malformed) -> JSONValue {
    let length = word.utf8CodeUnitCount
    guard bytes.count - index >= length else { throw Malformed() }
    for offset in 0..<length where bytes[index + offset] != word.utf8Start[offset] { throw Malformed() }
    index += length
    return value
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    index &+= 1
    return true
  }

  private mutating func number() throws(Malformed) -> JSONValue {
    let start = index
    let isNegative = take(UInt8(ascii: "-"))
    let first = index
    let count = digits()
    guard count > 0, count == 1 || bytes[first] != UInt8(ascii: "0") else { throw Malformed() }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      guard digits() > 0 else { throw Malformed() }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw Malformed() }
    }
    if isWhole, let integer = integer(first..<index, isNegative) { return .integer(integer) }
    guard index - start <= Self.numberLimit,
      let number = Double(String(decoding: bytes[start..<index], as: UTF8.self)), number.isFinite
    else { throw Malformed() }
    return .number(number)
  }

  /// How many there were.
  private mutating func digits() -> Int {
    let start = index
    while let byte = peek, byte &- 0x30 < 10 { index &+= 1 }
    return index - start
  }

  /// Nil for what is beyond Int64.
  private func integer(_ range: Range<Int>, _ isNegative: Bool) -> Int64? {
    guard range.count <= 19 else { return nil }
    var value: Int64 = 0
    for byte in bytes[range] {
      let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let digit = Int64(byte &- 0x30)
      // Downwards for negative ones: Int64.min has no counterpart.
      let (sum, carries) =
        isNegative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !isTooLarge, !carries else { return nil }
      value = sum
    }
    return value
  }

  private mutating func string() throws(Malformed) -> String {
    index &+= 1
    let start = index
    var hasEscapes = false
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let range = start..<index
        index &+= 1
        return hasEscapes ? try unescaped(range) : String(decoding: bytes[range], as: UTF8.self)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        // Whatever stands there, it ends no string.
        index &+= 2
      case ..<0x20: throw Malformed()
      default: index &+= 1
      }
    }
    throw Malformed()
  }

  private func unescaped(_ range: Range<Int>) throws(Malformed) -> String {
    guard let text = JSONEscapes.resolve(UnsafeRawBufferPointer(rebasing: bytes[range])) else { throw Malformed() }
    return text
  }
}
