internal import NIOCore

/// The head parser: the result does not depend on how the bytes arrive, a head holds nothing that a head may not hold, and
/// its plainest spelling means the same.
enum HeadFuzz {
  private static let limits = [HeadLimits(), HeadLimits(startLine: 24, fieldBytes: 48, fieldCount: 3)]

  static func run(_ kind: HeadParser.Kind, _ input: [UInt8]) {
    for limits in limits {
      var ways = FuzzSplits.ways(input)
      let whole = ParsedHead.of(kind, ways.removeFirst(), limits: limits).outcome
      for pieces in ways {
        let other = ParsedHead.of(kind, pieces, limits: limits).outcome
        require(other == whole, "\(whole), but \(other) in pieces of \(pieces.map(\.count))")
      }
      if case .head(let head, let left) = whole {
        check(head, kind, limits)
        checkEnd(input, left)
      }
    }
  }

  private static func check(_ head: PlainHead, _ kind: HeadParser.Kind, _ limits: HeadLimits) {
    require(head.fields.count <= limits.fieldCount, "\(head.fields.count) fields")
    for field in head.fields {
      require(!field.name.isEmpty && field.name.allSatisfy(isToken), "name \(field.name)")
      require(field.value.allSatisfy(isText), "value \(field.value)")
      require(field.value.first.map(isBlank) != true && field.value.last.map(isBlank) != true, "untrimmed value")
    }
    if kind == .request {
      require(head.first.allSatisfy(isToken) && !head.first.isEmpty, "method \(head.first)")
      require(head.second.allSatisfy { (0x21...0x7E).contains($0) && $0 != 35 }, "target \(head.second)")
    } else {
      require(head.first.count == 3 && head.second.allSatisfy(isText), "status line")
    }
    let written = head.written(kind)
    let again = ParsedHead.of(kind, [written]).outcome
    require(again == .head(head, left: 0), "\(head) was written as another head: \(again)")
  }

  /// A head ends with the first empty line there is, but for one before a request.
  private static func checkEnd(_ input: [UInt8], _ left: Int) {
    let head = Array(input.dropLast(left))
    require(head.suffix(4) == [13, 10, 13, 10], "does not end with an empty line")
    let inside = head.starts(with: [13, 10]) ? head.dropFirst(2).dropLast(1) : head.dropLast(1)
    let bytes = Array(inside)
    for index in bytes.indices {
      if bytes[index] == 10 { require(index > 0 && bytes[index - 1] == 13, "bare LF") }
      if bytes[index] == 13, index + 1 < bytes.count { require(bytes[index + 1] == 10, "bare CR") }
      require(bytes[index] != 0, "NUL")
    }
    require(!bytes.indices.contains { bytes[$0...].starts(with: [13, 10, 13, 10]) }, "reaches past its end")
  }

  // Written out anew on purpose: the parser's own table is what is being checked.

  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  static func isText(_ byte: UInt8) -> Bool { byte == 9 || (byte >= 32 && byte != 127) }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 9 || byte == 32 }
}
