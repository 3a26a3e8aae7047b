internal import ToolSupport

/// A way in which a body goes wrong, and where.
struct Fault: Equatable, Sendable {
  enum Name: String, CaseIterable, Sendable {
    /// The CRC32 of the last member's trailer is wrong.
    case crc
    /// The ISIZE of the last member's trailer is wrong.
    case isize
    /// One bit of the deflate data is flipped, in a place where every inflater must notice.
    case bitflip
    /// The gzip data ends at POSITION; HTTP says all is well.
    case truncate
    /// The last eight bytes are missing; HTTP says all is well.
    case noTrailer = "no_trailer"
    /// The body stops at POSITION and the connection ends with FIN, short of what HTTP promised.
    case cut
    /// The body stops at POSITION and the connection ends with RST.
    case reset
    /// The gzip data is whole, Content-Length says more, and the connection ends with FIN.
    case shortLength = "short_length"
    /// The body is JSON text, labelled gzip.
    case notGzip = "not_gzip"
    /// Text follows the last member.
    case trailing
    /// The body stops at POSITION and the connection stays open.
    case stall
    /// The head carries Content-Length and Transfer-Encoding: chunked, the body is chunked.
    case lengthAndChunked = "length_and_chunked"
  }

  enum Position: Equatable, Sendable {
    case bytes(Int64)
    case percent(Double)
  }

  var name: Name
  var position: Position

  static let middle = Position.percent(50)
  static let takesPosition: Set<Name> = [.bitflip, .truncate, .cut, .reset, .stall]

  /// `NAME` or `NAME@POSITION`, POSITION a size in bytes of the wire body or a percentage of it.
  static func parse(_ text: String) throws(Problem) -> Fault {
    let sides = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = Name(rawValue: String(sides.first ?? "")) else {
      let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw .bad("fault=\(text): must be NAME or NAME@POSITION, NAME one of \(names)")
    }
    guard sides.count == 2 else { return Fault(name: name, position: middle) }
    guard takesPosition.contains(name) else {
      throw .bad("fault=\(text): \(name.rawValue) takes no @POSITION")
    }
    return Fault(name: name, position: try parsePosition(String(sides[1]), in: text))
  }

  private static func parsePosition(_ text: String, in whole: String) throws(Problem) -> Position {
    if text.hasSuffix("%") {
      let number = text.dropLast()
      let isPlain = number.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
      if isPlain, let percent = Double(number), percent <= 100 { return .percent(percent) }
    } else if let size = ByteSize(argument: text) {
      return .bytes(size.bytes)
    }
    throw .bad("fault=\(whole): POSITION must be a number of bytes (70000, 64KiB) or 0%…100% of the wire body")
  }

  /// The wire byte that POSITION means, not yet checked against the length.
  func offset(in length: Int64) -> Int64 {
    switch position {
    case .bytes(let bytes): bytes
    case .percent(100): length
    case .percent(let percent): min(length, Int64(Double(length) * percent / 100))
    }
  }
}
