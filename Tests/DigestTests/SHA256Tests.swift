import Digest
import Testing

@Suite struct SHA256Tests {
  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }

  /// FIPS 180-4's examples (NIST's "SHA-256" sheet), and nothing at all.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func vectors(_ text: String, _ digest: String) {
    #expect(Self.hexadecimal(SHA256.hash(data: Array(text.utf8))) == digest)
  }

  @Test func aMillionLettersInPieces() {
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    var hash = SHA256()
    for _ in 0..<1000 { piece.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    #expect(
      Self.hexadecimal(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func copiesGoOnByThemselves() {
    func add(_ text: String, to hash: inout SHA256) {
      Array(text.utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
    var first = SHA256()
    add("ab", to: &first)
    var second = first
    add("c", to: &first)
    add("d", to: &second)
    #expect(first.finalize() == SHA256.hash(data: Array("abc".utf8)))
    #expect(second.finalize() == SHA256.hash(data: Array("abd".utf8)))
    // A digest in between is no end.
    add("e", to: &first)
    #expect(first.finalize() == SHA256.hash(data: Array("abce".utf8)))
  }

  /// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
  @Test(arguments: [
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func authenticationCodes(_ key: [UInt8], _ text: String, _ code: String) {
    #expect(Self.hexadecimal(SHA256.authenticationCode(for: Array(text.utf8), key: key)) == code)
  }

  /// HMAC of nothing under no key, as Python's `hmac` has it.
  @Test func emptyKeyAndText() {
    #expect(
      Self.hexadecimal(SHA256.authenticationCode(for: [], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }
}
