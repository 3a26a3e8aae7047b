/// Takes the body out of one whole HTTP/1.1 response that was read to the end of its connection. Pure.
enum SimpleResponse {
  /// Nil unless the status is 200 and the framing (Content-Length or chunked) says that all of it is there.
  static func body(of bytes: [UInt8]) -> [UInt8]? {
    guard let headEnd = firstRange(of: Array("\r\n\r\n".utf8), in: bytes[...]) else { return nil }
    let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " "), status.count >= 2, status[0].hasPrefix("HTTP/1."),
      status[1] == "200"
    else { return nil }
    let body = bytes[headEnd.upperBound...]
    if value("transfer-encoding", lines)?.lowercased() == "chunked" { return dechunked(body) }
    guard let text = value("content-length", lines) else { return Array(body) }
    guard let length = Int(text), length == body.count else { return nil }
    return Array(body)
  }

  private static func value(_ name: String, _ lines: [Substring]) -> String? {
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      return String(value.prefix { $0 != " " && $0 != "\t" })
    }
    return nil
  }

  private static func dechunked(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = bytes
    var out: [UInt8] = []
    while let line = firstRange(of: [0x0D, 0x0A], in: rest) {
      let text = String(decoding: rest[rest.startIndex..<line.lowerBound], as: UTF8.self)
      guard let size = Int(text.prefix { $0 != ";" }, radix: 16), size >= 0 else { return nil }
      if size == 0 { return out }
      rest = rest[line.upperBound...]
      guard size <= rest.count - 2 else { return nil }
      out += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return nil
  }

  private static func firstRange(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    guard bytes.count >= needle.count else { return nil }
    for start in bytes.startIndex...(bytes.endIndex - needle.count)
    where bytes[start..<(start + needle.count)].elementsEqual(needle) {
      return start..<(start + needle.count)
    }
    return nil
  }
}
