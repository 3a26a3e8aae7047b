/// A request target taken apart: the path as it came, and the query's parameters, percent-decoded.
struct RequestTarget: Equatable {
  var path: String
  var parameters: [(name: String, value: String)]

  /// Takes origin-form and absolute-form (RFC 9112 §3.2). A `%` that two hexadecimal digits do not follow stands for itself,
  /// so that `fault=cut@50%` may be typed as it is.
  init(_ target: String) {
    let withoutFragment = target.prefix { $0 != "#" }
    let origin = Self.originForm(withoutFragment)
    let parts = origin.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts.first ?? "/")
    parameters = []
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = sides.count == 2 ? sides[1] : ""
      parameters.append((Self.decode(sides.first ?? ""), Self.decode(value)))
    }
  }

  static func == (a: RequestTarget, b: RequestTarget) -> Bool {
    a.path == b.path && a.parameters.elementsEqual(b.parameters, by: ==)
  }

  private static func originForm(_ target: Substring) -> Substring {
    guard target.lowercased().hasPrefix("http://") else { return target }
    let authority = target.dropFirst("http://".count)
    guard let slash = authority.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
    return authority[slash...]
  }

  static func decode(_ text: Substring) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var i = 0
    while i < bytes.count {
      if bytes[i] == UInt8(ascii: "%"), i + 2 < bytes.count, let high = hex(bytes[i + 1]), let low = hex(bytes[i + 2]) {
        decoded.append(high << 4 | low)
        i += 3
      } else {
        decoded.append(bytes[i])
        i += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
