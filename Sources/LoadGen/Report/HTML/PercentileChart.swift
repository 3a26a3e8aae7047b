internal import Histogram
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The ladder of percentiles: each step to the right is ten times rarer.
struct PercentileChart {
  struct Line {
    var name: String
    var style: String
    var histogram: Histogram<UInt64>
  }

  private static let height = 220.0
  private let lines: [Line]

  /// Nil without anything to draw.
  init?(_ lines: [Line]) {
    guard !lines.isEmpty else { return nil }
    self.lines = lines
  }

  func svg() -> String {
    let high = lines.map { Self.value($0.histogram, 100) }.max() ?? 1
    let low = lines.map { Self.value($0.histogram, 1) }.min() ?? 0
    let y: ChartAxis = high > low * 20 && low > 0 ? .logarithmic(from: low, to: high) : .linear(most: high, marks: 5)
    var frame = ChartFrame(
      top: 26, height: Self.height,
      x: ChartAxis(scale: .linear, low: 0, high: nines, ticks: (0...Int(nines)).map(Double.init)), y: y)
    frame.right -= 90
    var content = [frame.title("Time by percentile\(y.scale == .logarithmic ? ", logarithmic" : "")")]
    content.append(frame.leftMarks(HumanText.duration))
    content.append(frame.bottomMarks { Self.name($0) })
    content += lines.map { drawn($0, frame) } + labels(frame)
    content.append(
      "<text class=\"mark end\" x=\"\(ChartFrame.n(frame.right))\" y=\"\(ChartFrame.n(frame.bottom + 36))\">"
        + "percentile: each step is ten times rarer</text>")
    return ChartFrame.svg(height: frame.bottom + 44, label: words, content)
  }

  /// As many as there are streams for.
  private var nines: Double {
    let count = Double(lines.map(\.histogram.totalCount).max() ?? 1)
    return min(max(log10(max(count, 1)), 1), 6)
  }

  private func drawn(_ line: Line, _ frame: ChartFrame) -> String {
    let steps = 80
    let points = (0...steps).map { step -> String in
      let nines = nines * Double(step) / Double(steps)
      let value = Self.value(line.histogram, 100 * (1 - pow(10, -nines)))
      return "\(step == 0 ? "M" : "L")\(ChartFrame.n(frame.across(nines))) \(ChartFrame.n(frame.down(value)))"
    }
    return "<path class=\"line \(line.style)\" d=\"\(points.joined())\"/>"
  }

  /// Beside the lines' ends, none over another.
  private func labels(_ frame: ChartFrame) -> [String] {
    var lowest = -Double.infinity
    let ends = lines.map { ($0, frame.down(Self.value($0.histogram, 100 * (1 - pow(10, -nines))))) }
    return ends.sorted { $0.1 < $1.1 }.map { line, y in
      let at = max(y + 4, lowest + 14)
      lowest = at
      return "<text class=\"label \(line.style)\" x=\"\(ChartFrame.n(frame.right + 6))\" y=\"\(ChartFrame.n(at))\">"
        + "\(HTMLText.escaped(line.name))</text>"
    }
  }

  var words: String {
    HTMLText.escaped(
      lines.map { line in
        let values = [50.0, 99, 100].map { HumanText.duration(Self.value(line.histogram, $0)) }
        return "\(line.name): p50 \(values[0]), p99 \(values[1]), slowest \(values[2])."
      }.joined(separator: " "))
  }

  private static func value(_ histogram: Histogram<UInt64>, _ rank: Double) -> Double {
    Double(min(histogram.valueAtPercentile(rank), histogram.maxRecorded)) * 1e-6
  }

  /// `0`, `90`, `99`, `99.9`.
  private static func name(_ nines: Double) -> String {
    switch Int(nines) {
    case 0: "0"
    case 1: "90"
    case 2: "99"
    default: "99." + String(repeating: "9", count: Int(nines) - 2)
    }
  }
}
