/// One stream: when what happened, its heads, its arrivals, its gzip members, what went wrong and what to do.
enum StreamView {
  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {}
}
