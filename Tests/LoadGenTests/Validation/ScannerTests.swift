import Testing

@testable import LoadGen

@Suite struct ScannerTests {
  private func isError(_ text: String, split: Int) -> Bool {
    var scanner = ErrorTrailerScanner()
    feed(Array(text.utf8), split) { scanner.receive($0) }
    return scanner.isFound
  }

  private func isPrelude(_ bytes: [UInt8], split: Int) -> Bool {
    var scanner = PreludeScanner()
    feed(bytes, split) { scanner.receive($0) }
    return scanner.isFound
  }

  private func feed(_ bytes: [UInt8], _ split: Int, _ receive: (UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { all in
      for start in stride(from: 0, to: all.count, by: split) {
        receive(UnsafeRawBufferPointer(rebasing: all[start..<min(all.count, start + split)]))
      }
    }
  }

  @Test(arguments: [
    ("Lambda-Runtime-Function-Error-Type:Runtime.X", true),
    ("Lambda-Runtime-Function-Error-Type:", true),
    ("\u{1}\u{2}Lambda-Runtime-Function-Error-Type: x\r\nLambda-Runtime-Function-Error-Body: eyJ9\r\n", true),
    ("LLambda-Runtime-Function-Error-Type:", true),
    ("Lambda-Lambda-Runtime-Function-Error-Type:", true),
    ("Lambda-Runtime-Function-Error-Type:\u{0}", false),
    ("Lambda-Runtime-Function-Error-Type:\u{0}Lambda-Runtime-Function-Error-Type:", true),
    ("Lambda-Runtime-Function-Error-Type", false),
    ("Lambda-Runtime-Function-Error-Body:", false),
    ("", false),
  ])
  func anErrorTrailerIsTheNameAndTextToTheEnd(text: String, found: Bool) {
    for split in 1...max(1, text.utf8.count) { #expect(isError(text, split: split) == found, "split \(split)") }
  }

  private static let zeros = [UInt8](repeating: 0, count: 8)

  @Test func aPreludeIsAnObjectWithAStatusAndEightZeros() {
    let object = Array(#"{"headers":{"a":"b"},"statusCode":200}"#.utf8)
    for split in [1, 2, 3, 7, 1000] {
      #expect(isPrelude(object + Self.zeros, split: split))
      #expect(isPrelude(object + Self.zeros + [0, 0x1f], split: split))
      #expect(!isPrelude(object + Self.zeros.dropLast(), split: split))
      #expect(!isPrelude(object + Self.zeros.dropLast() + [1, 0], split: split))
      #expect(!isPrelude([0x20] + object + Self.zeros, split: split))
      #expect(!isPrelude(Array(#"{"status":200}"#.utf8) + Self.zeros, split: split))
      #expect(isPrelude(Array(#"{"x":"\"","statusCode":1}"#.utf8) + Self.zeros, split: split))
    }
  }

  @Test func aPreludeEndsWithin16KiB() {
    let object = Array(#"{"statusCode":200,"x":""#.utf8)
    let fits = [UInt8](repeating: 0x61, count: PreludeScanner.limit - object.count - 8)
    #expect(isPrelude(object + fits + Self.zeros, split: 1000))
    #expect(!isPrelude(object + fits + [0x61] + Self.zeros, split: 1000))
  }
}
