/// The parameters of a query string, in order.
struct QueryString: Sendable {
  /// As sent: percent-encoded, `+` a plus.
  var pairs: [(name: String, value: String)]

  init(_ text: String) {
    pairs = text.split(separator: "&").map { part in
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
    }
  }

  /// Percent-encoding resolved, `+` a space.
  var decoded: QueryString {
    var copy = self
    copy.pairs = pairs.map { (Self.decode($0.name), Self.decode($0.value)) }
    return copy
  }

  /// Of names that repeat, all values with a comma between them.
  var joined: [String: JSONValue] { grouped.mapValues { .string($0.joined(separator: ",")) } }
  /// Of names that repeat, the last value.
  var last: [String: JSONValue] { grouped.mapValues { .string($0.last ?? "") } }
  var all: [String: JSONValue] { grouped.mapValues { .array($0.map { .string($0) }) } }

  private var grouped: [String: [String]] {
    var values: [String: [String]] = [:]
    for pair in pairs { values[pair.name, default: []].append(pair.value) }
    return values
  }

  /// A percent sign without two digits behind it stands for itself; what is no UTF-8 becomes U+FFFD.
  static func decode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(bytes[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map { UInt8($0) }
  }
}
