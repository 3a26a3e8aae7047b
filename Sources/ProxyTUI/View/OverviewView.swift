/// Throughput, memory and failures on one time axis.
enum OverviewView {
  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {}
}
