/// A chunked body decoded the plain way: all bytes at hand, one line after the other. Slow, simple, and written without the
/// tracker, so that it can say whether the tracker is right.
struct ChunkedReference {
  var data: [UInt8] = []
  /// Where the trailer section begins; nil while the last chunk's size line is not there.
  var trailersStart: Int?
  /// Where the body ends; nil for one that is cut or faulty.
  var end: Int?

  init(_ bytes: [UInt8]) {
    var position = 0
    while trailersStart == nil {
      guard let (line, next) = Self.line(bytes, position), let size = Self.size(line) else { return }
      position = next
      if size == 0 {
        trailersStart = position
      } else {
        let available = Int(clamping: min(size, Int64(bytes.count - position)))
        data += bytes[position..<(position + available)]
        position += available
        guard available == size, bytes[position...].starts(with: [13, 10]) else { return }
        position += 2
      }
    }
    var fields = 0
    while let (line, next) = Self.line(bytes, position) {
      position = next
      if line.isEmpty {
        end = position
        return
      }
      fields += 1
      let name = line.prefix { $0 != 58 }
      guard name.count < line.count, !name.isEmpty, name.allSatisfy(HeadFuzz.isToken),
        line.dropFirst(name.count + 1).allSatisfy(HeadFuzz.isText), fields <= HeadLimits().fieldCount
      else { return }
    }
  }

  /// A line without its CRLF, and where the next begins. Nil without an LF, and for one without a CR.
  private static func line(_ bytes: [UInt8], _ start: Int) -> (ArraySlice<UInt8>, Int)? {
    guard let lineFeed = bytes[start...].firstIndex(of: 10), lineFeed > start, bytes[lineFeed - 1] == 13 else {
      return nil
    }
    return (bytes[start..<(lineFeed - 1)], lineFeed + 1)
  }

  private static func size(_ line: ArraySlice<UInt8>) -> Int64? {
    let digits = line.prefix { $0 != 59 }
    guard (1...16).contains(digits.count), line.count <= ChunkTracker.maximumSizeLine,
      extensionsAreSound(line.dropFirst(digits.count)), digits.allSatisfy({ $0 != 43 && $0 != 45 })
    else { return nil }
    return Int64(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// `;name`, `;name=value` and `;name="quoted"`, any number of them.
  private static func extensionsAreSound(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    while rest.first == 59 {
      rest = rest.dropFirst()
      guard takeToken(&rest) else { return false }
      guard rest.first == 61 else { continue }
      rest = rest.dropFirst()
      guard rest.first == 34 ? takeQuoted(&rest) : takeToken(&rest) else { return false }
    }
    return rest.isEmpty
  }

  private static func takeToken(_ rest: inout ArraySlice<UInt8>) -> Bool {
    let token = rest.prefix(while: HeadFuzz.isToken)
    rest = rest.dropFirst(token.count)
    return !token.isEmpty
  }

  private static func takeQuoted(_ rest: inout ArraySlice<UInt8>) -> Bool {
    var index = rest.startIndex + 1
    while index < rest.endIndex, rest[index] != 34 {
      // A backslash takes the next byte with it.
      if rest[index] == 92 {
        index += 1
        guard index < rest.endIndex else { return false }
      }
      guard HeadFuzz.isText(rest[index]) else { return false }
      index += 1
    }
    guard index < rest.endIndex else { return false }
    rest = rest[(index + 1)...]
    return true
  }
}
