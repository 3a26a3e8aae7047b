/// Whether a text contains another whatever the case. A filter asks that of every field of ten thousand rows twice a second, so
/// texts of ASCII, which are nearly all, are compared where they are.
enum FoldedSearch {
  /// - Parameter wanted: in lower case.
  static func contains(_ text: String, _ wanted: String) -> Bool {
    var (text, wanted) = (text, wanted)
    let found = text.withUTF8 { text in wanted.withUTF8 { find($0, in: text) } }
    return found ?? text.lowercased().contains(wanted)
  }

  /// Nil when ASCII's rules are not enough.
  private static func find(_ wanted: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>) -> Bool? {
    guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
    guard let first = wanted.first else { return true }
    guard text.count >= wanted.count else { return false }
    for start in 0...(text.count - wanted.count) where lower(text[start]) == first {
      var length = 1
      while length < wanted.count, lower(text[start + length]) == wanted[length] { length += 1 }
      if length == wanted.count { return true }
    }
    return false
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
