internal import CTerminal

/// The looks of the roles by how many colours there are. Hues that stay apart for the colour-blind (orange, vermilion, sky
/// blue, bluish green); the background is the terminal's own, always.
struct Palette {
  struct Style: Equatable {
    var attributes: UInt32 = 0
    /// -1 is the terminal's own.
    var foreground: Int32 = -1
  }

  /// 0 without colours, else 8, 16 or 256.
  let colours: Int

  /// `NO_COLOR` counts when it is not empty.
  init(terminalColours: Int, noColour: String?, wanted: Bool = true) {
    let allowed = wanted && (noColour ?? "").isEmpty
    switch allowed ? terminalColours : 0 {
    case 256...: colours = 256
    case 16...: colours = 16
    case 8...: colours = 8
    default: colours = 0
    }
  }

  func style(_ role: Role) -> Style { Style(attributes: attributes(role), foreground: foreground(role)) }

  private func attributes(_ role: Role) -> UInt32 {
    switch role {
    case .heading, .key, .bad: CTERM_BOLD
    case .selected: CTERM_REVERSE
    // Where there are no colours, something must still set a warning apart from a figure.
    case .waiting: colours == 0 ? CTERM_UNDERLINE : 0
    default: 0
    }
  }

  private func foreground(_ role: Role) -> Int32 {
    switch role {
    case .text, .heading, .value, .selected, .key: -1
    case .label: pick(246, -1, -1)
    case .faint, .barRest: pick(243, 8, -1)
    case .good: pick(36, 6, 6)
    case .waiting: pick(214, 11, 3)
    case .bad: pick(202, 9, 1)
    case .graph, .bar: pick(74, 12, 4)
    }
  }

  private func pick(_ many: Int32, _ sixteen: Int32, _ eight: Int32) -> Int32 {
    switch colours {
    case 256: many
    case 16: sixteen
    case 8: eight
    default: -1
    }
  }
}
