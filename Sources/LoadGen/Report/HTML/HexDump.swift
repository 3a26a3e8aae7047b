/// Bytes as a person reads them: sixteen a line, with what can be read of them beside. HTML.
enum HexDump {
  static func text(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 16).map { start in
      let line = Array(bytes[start..<min(start + 16, bytes.count)])
      let pairs = line.map { ByteText.hexadecimal([$0]) }
      let left = pairs.prefix(8).joined(separator: " ")
      let right = pairs.dropFirst(8).joined(separator: " ")
      let readable = String(decoding: line.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
      let offset = ByteText.hexadecimal([UInt8(truncatingIfNeeded: start >> 8), UInt8(truncatingIfNeeded: start)])
      return "\(offset)  \(TextLayout.padded(left, 23))  \(TextLayout.padded(right, 23))  \(HTMLText.escaped(readable))"
    }.joined(separator: "\n")
  }
}
