internal import CTerminal

/// The looks of the roles by theme and by how many colours there are. Hues that stay apart for the colour-blind (orange,
/// vermilion, sky blue, bluish green); the background is the terminal's own, always.
struct Palette {
  struct Style: Equatable {
    var attributes: UInt32 = 0
    /// -1 is the terminal's own.
    var foreground: Int32 = -1
  }

  /// 0 without colours, else 8, 16 or 256.
  let colours: Int
  private let theme: Theme

  /// - Parameters:
  ///   - noColour: `NO_COLOR`, which counts when it is not empty.
  ///   - terminal: `TERM`. The Linux console draws its bright colours as it likes: there it is 8.
  init(
    terminalColours: Int, noColour: String?, wanted: Bool = true, theme: Theme = .default, terminal: String = ""
  ) {
    let allowed = wanted && (noColour ?? "").isEmpty && theme != .mono
    switch allowed ? terminalColours : 0 {
    case 256...: colours = 256
    case 16...: colours = terminal.hasPrefix("linux") ? 8 : 16
    case 8...: colours = 8
    default: colours = 0
    }
    self.theme = theme
  }

  func style(_ role: Role) -> Style { Style(attributes: attributes(role), foreground: foreground(role)) }

  private func attributes(_ role: Role) -> UInt32 {
    switch role {
    case .heading, .key, .bad: CTERM_BOLD
    case .selected: CTERM_REVERSE
    case .accent: CTERM_BOLD | CTERM_UNDERLINE
    case .pinned: CTERM_BOLD | (colours == 0 ? CTERM_UNDERLINE : 0)
    case .input: CTERM_UNDERLINE
    // Where there are no colours, something must still set a warning apart from a figure.
    case .waiting: colours == 0 ? CTERM_UNDERLINE : contrasting
    case .faint, .barRest: colours < 16 && theme != .contrast ? CTERM_DIM : 0
    case .heat0: colours == 0 ? CTERM_DIM : 0
    case .heat3: colours == 0 ? CTERM_BOLD : 0
    case .heat4: colours == 0 ? CTERM_REVERSE : CTERM_BOLD
    case .good, .graph, .bar: contrasting
    default: 0
    }
  }

  private var contrasting: UInt32 { theme == .contrast ? CTERM_BOLD : 0 }

  private func foreground(_ role: Role) -> Int32 {
    guard colours > 0 else { return -1 }
    switch theme {
    case .default: return onDark(role)
    case .light: return onLight(role)
    case .contrast: return strong(role)
    case .mono: return -1
    }
  }

  private func onDark(_ role: Role) -> Int32 {
    switch role {
    case .text, .heading, .value, .selected, .key: -1
    case .label: pick(246, -1, -1)
    case .faint, .barRest: pick(243, 8, -1)
    case .good: pick(36, 6, 6)
    case .waiting: pick(214, 11, 3)
    case .bad, .pinned: pick(202, 9, 1)
    case .graph, .bar, .accent: pick(74, 12, 4)
    case .overlay: pick(110, 6, 6)
    case .input: pick(222, 11, 3)
    case .heat0: pick(24, 4, 4)
    case .heat1: pick(31, 6, 4)
    case .heat2: pick(36, 2, 6)
    case .heat3: pick(178, 3, 3)
    case .heat4: pick(202, 9, 1)
    }
  }

  private func onLight(_ role: Role) -> Int32 {
    switch role {
    case .text, .heading, .value, .selected, .key: -1
    case .label: pick(240, -1, -1)
    case .faint, .barRest: pick(245, 8, -1)
    case .good: pick(29, 2, 2)
    case .waiting: pick(130, 5, 5)
    case .bad, .pinned: pick(160, 1, 1)
    case .graph, .bar, .accent: pick(25, 4, 4)
    case .overlay: pick(60, 4, 4)
    case .input: pick(94, 5, 5)
    case .heat0: pick(152, 6, 6)
    case .heat1: pick(74, 6, 6)
    case .heat2: pick(31, 4, 4)
    case .heat3: pick(130, 5, 5)
    case .heat4: pick(160, 1, 1)
    }
  }

  private func strong(_ role: Role) -> Int32 {
    switch role {
    case .text, .heading, .value, .selected, .key, .label, .faint, .barRest: -1
    case .good: pick(48, 14, 6)
    case .waiting, .input: pick(226, 11, 3)
    case .bad, .pinned: pick(208, 9, 1)
    case .graph, .bar, .accent, .overlay: pick(81, 14, 6)
    case .heat0: pick(27, 12, 4)
    case .heat1: pick(39, 14, 6)
    case .heat2: pick(48, 10, 2)
    case .heat3: pick(226, 11, 3)
    case .heat4: pick(208, 9, 1)
    }
  }

  private func pick(_ many: Int32, _ sixteen: Int32, _ eight: Int32) -> Int32 {
    switch colours {
    case 256: many
    case 16: sixteen
    default: eight
    }
  }
}
