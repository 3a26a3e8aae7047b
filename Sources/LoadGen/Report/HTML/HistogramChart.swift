internal import Histogram
internal import ToolSupport

/// How many streams took how long, as bars, with the percentiles that people ask for.
struct HistogramChart {
  private static let height = 170.0
  private let bins: HistogramBins
  private let histogram: Histogram<UInt64>

  /// Nil for a histogram of nothing.
  init?(_ histogram: Histogram<UInt64>?) {
    guard let histogram else { return nil }
    bins = HistogramBins(histogram, scale: 1e-6, maximum: 40)
    guard !bins.bins.isEmpty else { return nil }
    self.histogram = histogram
  }

  func svg(_ title: String, style: String) -> String {
    let bars = bins.bins
    let count = Double(bars.count)
    let frame = ChartFrame(
      top: 44, height: Self.height, x: ChartAxis(scale: .linear, low: 0, high: count, ticks: []),
      y: .linear(most: Double(bars.map(\.count).max() ?? 1), marks: 4))
    var content = ["<text class=\"title\" x=\"\(ChartFrame.n(frame.left))\" y=\"18\">\(title)</text>"]
    content.append(frame.leftMarks { HumanText.grouped(Int(min($0, 9e15))) })
    let width = (frame.right - frame.left) / count
    for (index, bar) in bars.enumerated() {
      content.append(drawn(bar, frame, frame.left + width * Double(index), width, style))
    }
    content.append(frame.bottomMarks { _ in "" })
    content += marks(frame, width)
    content += [50.0, 90, 99].enumerated().map { percentile($1, row: $0, frame, width) }
    content.append(
      "<text class=\"mark end\" x=\"\(ChartFrame.n(frame.right))\" y=\"\(ChartFrame.n(frame.bottom + 34))\">"
        + "up to, \(bins.isLogarithmic ? "logarithmic" : "even") steps</text>")
    return ChartFrame.svg(height: frame.bottom + 42, label: words, content)
  }

  private func drawn(
    _ bar: HistogramBins.Bin, _ frame: ChartFrame, _ left: Double, _ width: Double, _ style: String
  ) -> String {
    let top = frame.down(Double(bar.count))
    // What is there can be seen.
    let height = bar.count > 0 ? max(1.5, frame.bottom - top) : 0
    return
      "<rect class=\"bar \(style)\" x=\"\(ChartFrame.n(left + 1))\" y=\"\(ChartFrame.n(frame.bottom - height))\" "
      + "width=\"\(ChartFrame.n(max(1, width - 2)))\" height=\"\(ChartFrame.n(height))\"/>"
      + ChartFrame.hover(
        x: left, y: frame.top, width: width, height: frame.height,
        "up to \(HumanText.duration(bar.high)): \(HumanText.grouped(bar.count)) streams")
  }

  /// Under the ends of some bars.
  private func marks(_ frame: ChartFrame, _ width: Double) -> [String] {
    let step = max(1, Int((Double(bins.bins.count) / 10).rounded(.up)))
    return stride(from: step - 1, to: bins.bins.count, by: step).map { index in
      let x = frame.left + width * Double(index + 1)
      return "<text class=\"mark \(x > frame.right - 20 ? "end" : "mid")\" x=\"\(ChartFrame.n(x))\" "
        + "y=\"\(ChartFrame.n(frame.bottom + 18))\">\(HumanText.duration(bins.bins[index].high))</text>"
    }
  }

  private func percentile(_ rank: Double, row: Int, _ frame: ChartFrame, _ width: Double) -> String {
    let value = Double(histogram.valueAtPercentile(rank)) * 1e-6
    let index = bins.bins.firstIndex { value <= $0.high * (1 + 1e-9) } ?? bins.bins.count - 1
    let bar = bins.bins[index]
    let inside = bar.high > bar.low ? min(max((value - bar.low) / (bar.high - bar.low), 0), 1) : 0.5
    let x = frame.left + width * (Double(index) + inside)
    let y = frame.top - 14 + Double(row) * 12
    let end = x > frame.right - 90
    return "<path class=\"rank\" d=\"M\(ChartFrame.n(x)) \(ChartFrame.n(y - 4))V\(ChartFrame.n(frame.bottom))\"/>"
      + "<text class=\"label halo-text\(end ? " end" : "")\" x=\"\(ChartFrame.n(x + (end ? -4 : 4)))\" y=\"\(ChartFrame.n(y + 4))\">"
      + "p\(ChartFrame.n(rank)) \(HumanText.duration(value))</text>"
  }

  var words: String {
    let values = [50.0, 90, 99].map { HumanText.duration(Double(histogram.valueAtPercentile($0)) * 1e-6) }
    return HTMLText.escaped(
      "Half of \(HumanText.grouped(Int(clamping: histogram.totalCount))) whole streams took at most \(values[0]), nine of ten "
        + "\(values[1]), ninety-nine of a hundred \(values[2]).")
  }
}
