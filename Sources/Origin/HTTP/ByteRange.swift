/// The Range header of RFC 9110 §14, as far as this origin goes: one range of bytes.
enum ByteRange: Equatable {
  /// No range, several ranges, or one that is not understood: the whole representation, which §14.2 always allows.
  case whole
  case part(Range<Int64>)
  case unsatisfiable

  static func parse(_ header: String?, length: Int64) -> ByteRange {
    guard let header, header.lowercased().hasPrefix("bytes=") else { return .whole }
    let spec = header.dropFirst("bytes=".count).filter { $0 != " " && $0 != "\t" }
    let sides = spec.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard sides.count == 2, !spec.contains(",") else { return .whole }
    guard let first = number(sides[0]), let last = number(sides[1]) else { return .whole }
    switch (first, last) {
    case (nil, nil): return .whole
    case (nil, let suffix?):
      guard suffix > 0, length > 0 else { return .unsatisfiable }
      return .part(max(0, length - suffix)..<length)
    case (let first?, let last):
      if let last, last < first { return .whole }
      guard first < length else { return .unsatisfiable }
      return .part(first..<min(length, (last ?? Int64.max - 1) &+ 1))
    }
  }

  /// The outer nil means that it is no number, the inner one that nothing is there. Beyond 63 bits is as good as the limit.
  private static func number(_ text: Substring) -> Int64?? {
    if text.isEmpty { return .some(nil) }
    guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return .some(min(Int64(text) ?? Int64.max, Int64.max - 1))
  }
}
