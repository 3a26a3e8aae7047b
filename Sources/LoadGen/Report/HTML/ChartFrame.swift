internal import ToolSupport

/// The rectangle that a chart draws in, and what is drawn around it. Coordinates are SVG's: y grows downwards.
struct ChartFrame {
  static let width = 900.0

  var left = 64.0
  var top: Double
  var right = ChartFrame.width - 16
  var height: Double
  let x: ChartAxis
  let y: ChartAxis

  func across(_ value: Double) -> Double { left + (right - left) * x.position(value) }
  func down(_ value: Double) -> Double { top + height * (1 - y.position(value)) }
  var bottom: Double { top + height }

  /// Lines and labels at the marks of the left side.
  func leftMarks(_ label: (Double) -> String) -> String {
    y.ticks.map { tick in
      let at = Self.n(down(tick))
      return "<path class=\"grid\" d=\"M\(Self.n(left)) \(at)H\(Self.n(right))\"/>"
        + "<text class=\"mark end\" x=\"\(Self.n(left - 8))\" y=\"\(Self.n(down(tick) + 4))\">\(label(tick))</text>"
    }.joined(separator: "\n")
  }

  func bottomMarks(_ label: (Double) -> String) -> String {
    let line = "<path class=\"axis\" d=\"M\(Self.n(left)) \(Self.n(bottom))H\(Self.n(right))\"/>"
    let marks = x.ticks.map { tick in
      // The last label stays inside of the picture.
      let style = across(tick) > right - 30 ? "mark end" : "mark mid"
      return "<path class=\"axis\" d=\"M\(Self.n(across(tick))) \(Self.n(bottom))v5\"/>"
        + "<text class=\"\(style)\" x=\"\(Self.n(across(tick)))\" y=\"\(Self.n(bottom + 18))\">\(label(tick))</text>"
    }
    return ([line] + marks).joined(separator: "\n")
  }

  func title(_ text: String) -> String {
    "<text class=\"title\" x=\"\(Self.n(left))\" y=\"\(Self.n(top - 8))\">\(HTMLText.escaped(text))</text>"
  }

  /// A number as short as a picture needs.
  static func n(_ value: Double) -> String {
    var text = HumanText.fixed(value, 1)
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text
  }

  /// A whole picture.
  /// - Parameter label: what somebody hears who cannot see it; HTML.
  static func svg(height: Double, label: String, _ content: [String]) -> String {
    "<svg class=\"chart\" viewBox=\"0 0 \(n(width)) \(n(height))\" role=\"img\" aria-label=\"\(label)\">\n"
      + content.filter { !$0.isEmpty }.joined(separator: "\n") + "\n</svg>"
  }

  /// An invisible area that shows `text` under the pointer.
  static func hover(x: Double, y: Double, width: Double, height: Double, _ text: String) -> String {
    "<rect class=\"hit\" x=\"\(n(x))\" y=\"\(n(y))\" width=\"\(n(max(0.5, width)))\" height=\"\(n(height))\">"
      + "<title>\(text)</title></rect>"
  }
}
