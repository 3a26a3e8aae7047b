/// The head of a request to the live endpoints, read strictly (RFC 9112 §3 to §5): what is not exactly HTTP/1 is refused.
struct LiveRequest: Equatable {
  /// Of a head, its blank line included.
  static let maximumBytes = 8 * 1024

  enum Outcome: Equatable {
    /// More bytes are needed.
    case incomplete
    case request(LiveRequest)
    /// To be answered with this status.
    case refused(Int)
  }

  var method: String
  /// Without the query.
  var path: String
  /// HTTP/1.0 knows no chunks.
  var isHTTP10: Bool

  /// - Parameter bytes: everything the connection has brought so far.
  static func parse(_ bytes: [UInt8]) -> Outcome {
    guard let end = endOfHead(bytes) else {
      return bytes.count >= maximumBytes ? .refused(431) : isHopeless(bytes) ? .refused(400) : .incomplete
    }
    guard end <= maximumBytes else { return .refused(431) }
    guard end == bytes.count else { return .refused(400) }
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    for index in 0..<(end - 2) where bytes[index] == 13 && bytes[index + 1] == 10 {
      lines.append(bytes[start..<index])
      start = index + 2
    }
    guard let first = lines.first else { return .refused(400) }
    switch requestLine(first) {
    case .request(let request):
      return fieldsAreGood(lines.dropFirst(), isHTTP10: request.isHTTP10) ? .request(request) : .refused(400)
    case let other: return other
    }
  }

  /// The index after the blank line.
  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for index in 3..<bytes.count
    where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13 {
      return index + 1
    }
    return nil
  }

  /// Whoever sends what is no text speaks something else, TLS mostly, and would wait for an answer of its own kind.
  private static func isHopeless(_ bytes: [UInt8]) -> Bool {
    bytes.contains { $0 < 0x20 && $0 != 13 && $0 != 10 && $0 != 9 }
  }

  private static func requestLine(_ line: ArraySlice<UInt8>) -> Outcome {
    let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 3, let method = parts.first, let version = parts.last else { return .refused(400) }
    guard !method.isEmpty, method.allSatisfy(isToken) else { return .refused(400) }
    let target = parts[1]
    guard target.first == UInt8(ascii: "/"), target.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      return .refused(400)
    }
    let isHTTP10 = version.elementsEqual("HTTP/1.0".utf8)
    guard isHTTP10 || version.elementsEqual("HTTP/1.1".utf8) else {
      return .refused(version.starts(with: "HTTP/".utf8) ? 505 : 400)
    }
    let path = target.prefix { $0 != UInt8(ascii: "?") }
    return .request(
      LiveRequest(
        method: String(decoding: method, as: UTF8.self), path: String(decoding: path, as: UTF8.self), isHTTP10: isHTTP10
      ))
  }

  /// Names and values as they must be, one Host, and no body: nothing here takes one.
  private static func fieldsAreGood(_ lines: ArraySlice<ArraySlice<UInt8>>, isHTTP10: Bool) -> Bool {
    var hosts = 0
    for line in lines where !line.isEmpty {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return false }
      let name = line[..<colon]
      guard name.allSatisfy(isToken) else { return false }
      let value = line[line.index(after: colon)...]
      guard value.allSatisfy({ $0 == 9 || ($0 >= 0x20 && $0 != 0x7F) }) else { return false }
      switch String(decoding: name, as: UTF8.self).lowercased() {
      case "host": hosts += 1
      case "transfer-encoding": return false
      case "content-length":
        guard value.filter({ $0 != 0x20 && $0 != 9 }).elementsEqual([UInt8(ascii: "0")]) else { return false }
      default: break
      }
    }
    return hosts == 1 || (isHTTP10 && hosts == 0)
  }

  /// RFC 9110 §5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
