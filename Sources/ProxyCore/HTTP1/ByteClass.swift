#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a byte may be in an HTTP/1 message (RFC 9110 §5.5, §5.6.2; RFC 3986 §2). One table look-up a byte.
enum ByteClass {
  static let token: UInt8 = 1
  /// HTAB, SP, VCHAR and obs-text: what a field value or a reason phrase may hold.
  static let fieldText: UInt8 = 2
  /// VCHAR without `#`: what a request target may hold. Wider than RFC 3986, because clients send `|` and `{` bare and a
  /// proxy that relays the target byte for byte has nothing to misread in them.
  static let target: UInt8 = 4
  static let lowerCase: UInt8 = 8
  static let digit: UInt8 = 16
  static let hexDigit: UInt8 = 32
  /// A `Host` value: reg-name, IP literal and port; neither `@` nor `/`.
  static let host: UInt8 = 64
  /// Letters, digits and `-._~:+/=@`: what is as safe in a header as in JSON and in a log line.
  static let identifier: UInt8 = 128

  static func isAll(_ bytes: UnsafeRawBufferPointer, _ wanted: UInt8) -> Bool {
    let table = table
    // To the end in any case: nearly every head is a good one, and a loop without a way out costs half.
    var common = UInt8.max
    for byte in bytes { common &= table[Int(byte)] }
    return common & wanted != 0
  }

  static func matches(_ byte: UInt8, _ wanted: UInt8) -> Bool { table[Int(byte)] & wanted != 0 }

  /// How many of the bytes in this range, from its beginning, are of the class.
  static func prefix(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ wanted: UInt8) -> Int {
    let table = table
    var index = range.lowerBound
    while index < range.upperBound, table[Int(bytes[index])] & wanted != 0 { index += 1 }
    return index - range.lowerBound
  }

  /// 256 bytes that are written once and never freed: every index that a byte can be is inside.
  private nonisolated(unsafe) static let table: UnsafePointer<UInt8> = {
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for byte in 0...255 { table[byte] = classify(UInt8(byte)) }
    return UnsafePointer(table)
  }()

  private static func classify(_ byte: UInt8) -> UInt8 {
    var classes: UInt8 = 0
    let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    let isHexLetter = (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    if isDigit || isUpper || isLower || "!#$%&'*+-.^_`|~".utf8.contains(byte) { classes |= token }
    if byte == 9 || byte == 32 || (0x21...0x7E).contains(byte) || byte >= 0x80 { classes |= fieldText }
    if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#") { classes |= target }
    if isLower { classes |= lowerCase }
    if isDigit { classes |= digit }
    if isDigit || isHexLetter { classes |= hexDigit }
    if isDigit || isUpper || isLower || "-._~!$&'()*+,;=%:[]".utf8.contains(byte) { classes |= host }
    if isDigit || isUpper || isLower || "-._~:+/=@".utf8.contains(byte) { classes |= identifier }
    return classes
  }
}

/// Comparisons and copies that a head needs, without a String in between.
enum Bytes {
  /// ASCII case-insensitive; `lowered` must be lower case.
  static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ lowered: StaticString) -> Bool {
    guard bytes.count == lowered.utf8CodeUnitCount else { return false }
    let wanted = lowered.utf8Start
    for index in 0..<bytes.count where lower(bytes[index]) != wanted[index] { return false }
    return true
  }

  static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ lowered: [UInt8]) -> Bool {
    guard bytes.count == lowered.count else { return false }
    for index in 0..<bytes.count where lower(bytes[index]) != lowered[index] { return false }
    return true
  }

  static func equals(_ bytes: UnsafeRawBufferPointer, _ wanted: StaticString) -> Bool {
    guard bytes.count == wanted.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where bytes[index] != wanted.utf8Start[index] { return false }
    return true
  }

  static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// Without spaces and tabs at either end (OWS, RFC 9110 §5.6.3).
  static func trimmed(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, bytes[lower] == 32 || bytes[lower] == 9 { lower += 1 }
    while upper > lower, bytes[upper - 1] == 32 || bytes[upper - 1] == 9 { upper -= 1 }
    return lower..<upper
  }

  /// Where the byte first is in this range.
  static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
    guard !range.isEmpty, let base = bytes.baseAddress, range.upperBound <= bytes.count else { return nil }
    guard let found = memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
    return UnsafeRawPointer(found) - base
  }

  static func slice(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }
}
