/// A line of an opened stream: texts at their places, drawn in order.
struct StreamLine: Equatable, Sendable {
  struct Span: Equatable, Sendable {
    /// Cells from the left end of the content.
    var column: Int
    /// What does not fit into so many cells is cut.
    var width: Int
    var text: String
    var role: Role
  }

  var spans: [Span] = []

  static let empty = StreamLine()

  init() {}

  init(_ text: String, at column: Int = 0, width: Int, role: Role) {
    put(text, at: column, width: width, role: role)
  }

  mutating func put(_ text: String, at column: Int, width: Int, role: Role) {
    guard width > 0, !text.isEmpty else { return }
    spans.append(Span(column: column, width: width, text: text, role: role))
  }

  /// With another line's texts so many cells to the right.
  func beside(_ other: StreamLine, at column: Int) -> StreamLine {
    var line = self
    for var span in other.spans {
      span.column += column
      line.spans.append(span)
    }
    return line
  }

  func draw(row: Int, column: Int, into frame: inout Frame) {
    for span in spans {
      frame.put(span.text, row: row, column: column + span.column, width: span.width, role: span.role)
    }
  }
}
