/// `/metrics`: the run as Prometheus text (exposition format 0.0.4).
enum MetricsPage {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  static func text(_ snapshot: Snapshot) -> String { PrometheusFigures(snapshot).text() }
}
