import Testing

@testable import ProxyTUI

@Suite struct KeyDecoderTests {
  /// What the bytes are, whole and torn apart at every place by a silence of so many seconds.
  private func decode(
    _ text: String, silence: Double = 0.2, _ sequences: KeySequences = KeySequences()
  ) -> [[ScreenEvent]] {
    let bytes = Array(text.utf8)
    return (0...bytes.count).map { place in
      var decoder = KeyDecoder(sequences)
      decoder.receive(bytes[..<place], at: 0)
      // Asked often meanwhile, as by the loop.
      for step in 1...20 { decoder.idle(at: silence * Double(step) / 20) }
      decoder.receive(bytes[place...], at: silence)
      decoder.idle(at: silence + 10)
      return decoder.takeEvents()
    }
  }

  @Test(
    arguments: [
      ("\u{1b}[A", .up), ("\u{1b}OB", .down), ("\u{1b}[C", .right), ("\u{1b}[D", .left), ("\u{1b}[5~", .pageUp),
      ("\u{1b}[6~", .pageDown), ("\u{1b}[H", .home), ("\u{1b}OF", .end), ("\u{1b}[1~", .home), ("\u{1b}[4~", .end),
      ("\u{1b}[3~", .delete), ("\u{1b}[Z", .backTab), ("\u{1b}OM", .enter), ("\u{1b}OP", .f(1)), ("\u{1b}[[E", .f(5)),
      ("\u{1b}[15~", .f(5)), ("\u{1b}[17~", .f(6)), ("\u{1b}[21~", .f(10)), ("\u{1b}[24~", .f(12)), ("\r", .enter),
      ("\n", .enter), ("\t", .tab), ("\u{7f}", .backspace), ("\u{8}", .backspace), ("q", .character("q")),
      ("\u{3}", .character("\u{3}")), ("é", .character("é")), ("漢", .character("漢")), ("🙂", .character("🙂")),
      ("\u{1b}", .escape),
    ] as [(String, Key)])
  func keys(_ text: String, _ key: Key) {
    for (place, events) in decode(text).enumerated() {
      // A line that tears a key after its escape makes an Escape of that.
      let torn = text.count > 1 && place == 1 && text.first == "\u{1b}"
      #expect(events == (torn ? [.key(.escape)] : []) + [.key(key)])
    }
  }

  /// Nothing in them is a key, wherever the line tears them, but for the escape itself.
  @Test(arguments: [
    "\u{1b}[2~", "\u{1b}[1;5A", "\u{1b}[<35;12;7M", "\u{1b}[<0;12;7m", "\u{1b}[<2;1;1M", "\u{1b}[<0;0;1M",
    "\u{1b}[<0;1M",
    "\u{1b}[<0;99999999999999999999;1M", "\u{1b}[M qp", "\u{1b}[?1;2c", "\u{1b}[?2026;0$y", "\u{1b}[>q", "\u{1b}[q",
    "\u{1b}[24;80R", "\u{1b}[200~\u{1b}[201~", "\u{1b}O2q", "\u{1b}[" + String(repeating: "1;", count: 500) + "q",
  ])
  func sequencesThatAreNothing(_ text: String) {
    for events in decode(text) { #expect(events.allSatisfy { $0 == .key(.escape) }) }
    #expect(decode(text)[0].isEmpty)
  }

  /// Strings for programs, and letters with Alt: nothing when they come as a terminal sends them, in one piece.
  @Test(arguments: [
    "\u{1b}]11;rgb:ffff/q\u{7}", "\u{1b}]0;quit\u{1b}\\", "\u{1b}P>|qpq(3)\u{1b}\\", "\u{1b}_Gi=1;q\u{1b}\\", "\u{1b}q",
    "\u{1b}+",
  ])
  func stringsAreNothing(_ text: String) { #expect(decode(text)[0].isEmpty) }

  @Test func presses() {
    func events(_ text: String) -> [[ScreenEvent]] {
      decode(text, silence: 0.1).map { $0.filter { $0 != .key(.escape) } }
    }
    let press = ScreenEvent.mouse(MouseEvent(row: 6, column: 11, action: .press))
    let double = ScreenEvent.mouse(MouseEvent(row: 6, column: 11, action: .doublePress))
    for found in events("\u{1b}[<0;12;7M\u{1b}[<0;12;7m") { #expect(found == [press]) }
    for found in events("\u{1b}[<0;12;7M\u{1b}[<0;12;7m\u{1b}[<0;12;7M") { #expect(found == [press, double]) }
    for found in events("\u{1b}[<64;1;1M\u{1b}[<65;1;1M") {
      let at = { MouseEvent(row: 0, column: 0, action: $0) }
      #expect(found == [.mouse(at(.wheelUp)), .mouse(at(.wheelDown))])
    }
    #expect(decode("\u{1b}[<0;1;1M\u{1b}[<0;1;1M", silence: 1)[9].count == 2)
    #expect(
      decode("\u{1b}[<0;1;1M\u{1b}[<0;1;1M", silence: 1)[9].last
        == .mouse(MouseEvent(row: 0, column: 0, action: .press)))
  }

  @Test func focusReports() {
    for found in decode("\u{1b}[O\u{1b}[I") {
      #expect(found.filter { $0 != .key(.escape) } == [.focus(false), .focus(true)])
    }
  }

  @Test func pastedTextIsText() {
    for found in decode("\u{1b}[200~q\u{1b}[31mp\r\u{7}é\u{202e}\u{1b}[201~").dropFirst(2) {
      #expect(found == [.paste("q[31mpé")])
    }
  }

  @Test func pastedTextIsBounded() {
    var decoder = KeyDecoder()
    decoder.receive("\u{1b}[200~".utf8, at: 0)
    for _ in 0..<20 { decoder.receive(String(repeating: "q", count: 1000).utf8, at: 0) }
    decoder.receive("\u{1b}[201~+".utf8, at: 0)
    let text = String(repeating: "q", count: KeyDecoder.pasteLimit)
    #expect(decoder.takeEvents() == [.paste(text), .key(.character("+"))])
  }

  /// A paste without an end is over after a silence: nobody is locked out.
  @Test func pastesWithoutEndEnd() {
    var decoder = KeyDecoder()
    decoder.receive("\u{1b}[200~abc".utf8, at: 0)
    decoder.idle(at: 0.9)
    #expect(decoder.takeEvents().isEmpty)
    decoder.idle(at: 1.1)
    decoder.receive("q".utf8, at: 1.2)
    #expect(decoder.takeEvents() == [.paste("abc"), .key(.character("q"))])
  }

  @Test func whatCannotBeTextIsNothing() {
    var decoder = KeyDecoder()
    decoder.receive([0xff, 0x80, 0x9b, 0xc2, 0x9b, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf5, 0xe6, 0x28] as [UInt8], at: 0)
    #expect(decoder.takeEvents() == [.key(.character("("))])
  }

  @Test func ctrlCCountsWhateverCameBefore() {
    for before in ["\u{1b}", "\u{1b}[", "\u{1b}[<0;1", "\u{1b}O", "\u{1b}[["] {
      #expect(decode(before + "\u{3}")[0].last == .key(.control("c")))
    }
  }

  @Test func terminfoGoesFirst() {
    let sequences = KeySequences { ["kcuu1": Array("\u{1b}A".utf8), "kf1": Array("\u{1b}[11~".utf8), "kbs": [8]][$0] }
    #expect(decode("\u{1b}A", silence: 0, sequences)[0] == [.key(.up)])
    #expect(decode("\u{1b}[11~", silence: 0, sequences)[0] == [.key(.f(1))])
  }

  @Test(arguments: [(1, true), (2, true), (0, false), (4, false)])
  func theAnswerAboutFrames(_ value: Int, _ expected: Bool) {
    var decoder = KeyDecoder()
    decoder.receive("\u{1b}[?2026;\(value)$y".utf8, at: 0)
    #expect(decoder.canSynchronize == expected)
    #expect(decoder.takeEvents().isEmpty)
  }
}
