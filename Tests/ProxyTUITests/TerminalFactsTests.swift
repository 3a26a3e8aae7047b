import CTerminal
import LoadGen
import Testing
import ToolSupport

@testable import ProxyTUI

/// What is decided from the environment, as tables.
@Suite struct TerminalFactsTests {
  @Test(
    arguments: [
      ("xterm-256color", true, true, nil), ("vt100", true, true, nil),
      ("xterm", true, false, "no controlling terminal"), (nil, false, true, "TERM is not set"),
      ("", false, true, "TERM is not set"), ("dumb", true, true, "TERM=dumb"),
      ("nonesuch", false, true, "TERM=nonesuch"),
      ("a\u{1b}[31m\nb", false, true, "TERM=a31mb is"),
    ] as [(String?, Bool, Bool, String?)])
  func refusals(_ type: String?, _ known: Bool, _ hasTerminal: Bool, _ expected: String?) {
    let refusal = TerminalRequirement(type: type, known: known, hasTerminal: hasTerminal).refusal
    guard let expected else {
      #expect(refusal == nil)
      return
    }
    #expect(refusal?.contains(expected) == true)
    #expect(refusal?.contains("gzload") == true)
    #expect(refusal?.contains("\n") == false)
  }

  @Test(arguments: [
    (true, "xterm-256color", false, GlyphSet.braille), (true, "linux", false, .block), (false, "xterm", false, .ascii),
    (true, "xterm", true, .ascii),
  ])
  func glyphs(_ utf8: Bool, _ terminal: String, _ ascii: Bool, _ expected: GlyphSet) {
    #expect(GlyphSet.choose(utf8: utf8, terminal: terminal, asciiWanted: ascii) == expected)
  }

  @Test(
    arguments: [
      (256, nil, true, 256), (16_777_216, nil, true, 256), (88, nil, true, 16), (16, nil, true, 16), (8, nil, true, 8),
      (2, nil, true, 0), (0, nil, true, 0), (256, "1", true, 0), (256, "", true, 256), (256, nil, false, 0),
    ] as [(Int, String?, Bool, Int)])
  func colours(_ terminal: Int, _ noColour: String?, _ wanted: Bool, _ expected: Int) {
    let palette = Palette(terminalColours: terminal, noColour: noColour, wanted: wanted)
    #expect(palette.colours == expected)
    let foregrounds = Role.allCases.map { palette.style($0).foreground }
    #expect(foregrounds.allSatisfy { $0 >= -1 && $0 < max(expected, 1) })
    #expect(foregrounds.contains { $0 >= 0 } == (expected > 0))
  }

  @Test(arguments: Theme.allCases)
  func whatMattersStandsOutInEveryTheme(_ theme: Theme) {
    for colours in [0, 8, 16, 256] {
      let palette = Palette(terminalColours: colours, noColour: nil, theme: theme)
      for role in [Role.bad, .waiting, .selected, .heading, .key, .accent, .pinned, .input, .heat4] {
        #expect(palette.style(role) != palette.style(.text), "\(role) with \(colours) colours")
      }
      #expect(Role.allCases.map { palette.style($0).foreground }.allSatisfy { $0 < max(palette.colours, 1) })
      #expect(theme != .mono || palette.colours == 0)
    }
  }

  @Test func themesByName() {
    #expect(Theme(rawValue: "light") == .light)
    #expect(Theme(rawValue: "dark") == nil)
    #expect(Theme.names == "default, light, contrast, mono")
  }

  @Test func theConsoleHasEightColours() {
    #expect(Palette(terminalColours: 16, noColour: nil, terminal: "linux-16color").colours == 8)
  }

  @Test func cellsNameEveryRole() { #expect(Role.allCases.count <= Int(CTERM_STYLES)) }

  @Test func labelsOfPlans() {
    var plan = LoadPlan(urls: ["http://127.0.0.1:1/a", "http://127.0.0.1:1/b"])
    plan.concurrency = 8
    #expect(RunLabel(plan: plan, lab: nil).target == "http://127.0.0.1:1/a (and 1 more)")
    #expect(RunLabel(plan: plan, lab: nil).load == "until quit")
    #expect(RunLabel(plan: plan, lab: .naive).target == "lab (naive) http://127.0.0.1:1/a (and 1 more)")
    plan.streams = 10_000
    plan.duration = .seconds(90)
    #expect(RunLabel(plan: plan, lab: nil).load == "10,000 streams, for 1m30s")
  }
}
