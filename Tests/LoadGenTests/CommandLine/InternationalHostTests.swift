import Testing

@testable import LoadGen

@Suite struct InternationalHostTests {
  /// As Python's codec `idna` encodes them.
  @Test(
    arguments: [
      ("münchen.example", "xn--mnchen-3ya.example"), ("Bücher.Example", "xn--bcher-kva.example"),
      ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
      ("例え.例", "xn--r8jz45g.xn--fsq"),
      ("例.例", "xn--fsq.xn--fsq"),
      ("straße.example", nil), ("a😀.example", nil), ("u\u{308}.example", nil), ("plain.example", "plain.example"),
      (String(repeating: "ü", count: 64), nil), ("", ""),
    ] as [(String, String?)])
  func asciiForm(_ host: String, _ ascii: String?) { #expect(InternationalHost.ascii(host) == ascii) }
}
