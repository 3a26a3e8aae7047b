/// What a cell means. The palette gives each role its looks; no meaning is carried by them alone, there is always a word
/// or a letter too.
enum Role: UInt8, CaseIterable, Sendable {
  case text
  /// The tool's name, headings, the table's header.
  case heading
  /// What a number is called.
  case label
  case value
  case faint
  case good
  case waiting
  case bad
  case graph
  case bar
  case barRest
  /// The selected lane.
  case selected
  /// A key's name in the footer.
  case key
  /// The tab of the view that is shown.
  case accent
  /// The border of what is drawn over a view.
  case overlay
  /// A failure that nobody has acknowledged.
  case pinned
  /// What is being typed.
  case input
  /// Five steps from little to much. The glyph says the same.
  case heat0, heat1, heat2, heat3, heat4
}
