/// What stands over the view: help, a menu, a line that is being typed, a question.
enum OverlayView {
  static func draw(_ model: DashboardModel, _ layout: Layout, into frame: inout Frame) {
    switch model.overlay {
    case nil: return
    case .help: HelpView.draw(model, into: &frame)
    case .menu(let menu): MenuView.draw(menu, model.glyphs, into: &frame)
    case .prompt(let prompt): drawPrompt(prompt, row: layout.detail.upperBound - 1, model.glyphs, into: &frame)
    case .question(let question):
      let row = layout.detail.upperBound - 1
      frame.fill(row: row, from: 0, to: frame.size.columns, " ", role: .text)
      frame.put(question.text + "  y n", row: row, column: 1, width: frame.size.columns - 2, role: .waiting)
    }
  }

  /// The end of a long text is what is being typed.
  private static func drawPrompt(_ prompt: Prompt, row: Int, _ glyphs: GlyphSet, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, " ", role: .text)
    var column = frame.put(prompt.label, row: row, column: 1, role: .key)
    let room = max(1, frame.size.columns - column - 2)
    column = frame.put(String(prompt.text.suffix(room)), row: row, column: column, role: .input)
    frame.put("_", row: row, column: column, role: .key)
    guard let fault = prompt.fault else { return }
    // Over the selected row's line: what is wrong must be seen, whatever else there is.
    frame.fill(row: row - 1, from: 0, to: frame.size.columns, " ", role: .text)
    frame.put(fault, row: row - 1, column: 1, width: frame.size.columns - 2, role: .bad)
  }
}
