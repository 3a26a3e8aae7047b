/// Histogram, percentile ladder and heat map of one of the times.
enum LatencyView {
  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {}
}
