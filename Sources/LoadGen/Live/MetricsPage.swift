/// `/metrics`: the run as Prometheus text (exposition format 0.0.4).
enum MetricsPage {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  static func text(_ snapshot: Snapshot) -> String {
    var out = ""
    func family(_ name: String, _ type: String, _ help: String, _ values: [(labels: String, value: String)]) {
      guard !values.isEmpty else { return }
      out += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
      for (labels, value) in values { out += "\(name)\(labels) \(value)\n" }
    }
    let counters = snapshot.counters
    family(
      "gzload_streams_total", "counter", "Ended streams by what they count as.",
      [
        ("{result=\"ok\"}", "\(counters.ok)"), ("{result=\"failed\"}", "\(counters.failed)"),
        ("{result=\"cut_by_deadline\"}", "\(counters.cutByDeadline)"),
      ])
    family("gzload_streams_active", "gauge", "Streams in flight.", [("", "\(snapshot.active)")])
    family("gzload_lanes", "gauge", "Lanes wanted.", [("", "\(snapshot.concurrency)")])
    family(
      "gzload_received_bytes_total", "counter", "Body bytes by stage.",
      [("{stage=\"wire\"}", "\(counters.bytesWire)"), ("{stage=\"decoded\"}", "\(counters.bytesDecoded)")])
    family(
      "gzload_responses_total", "counter", "Ended streams by status; 0 is no response.",
      counters.status.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", "\($0.value)") })
    family(
      "gzload_transport_total", "counter", "Ended streams by how their transport ended.",
      counters.transport.counted.map { ("{outcome=\"\($0.key.rawValue)\"}", "\($0.count)") })
    family(
      "gzload_verdicts_total", "counter", "Ended streams by what their bytes proved to be.",
      counters.verdicts.counted.map { ("{verdict=\"\($0.key.rawValue)\"}", "\($0.count)") })
    family(
      "gzload_target_rss_bytes", "gauge", "Memory of the target, where it is known.",
      snapshot.memory.rssBytes.map { [("", "\($0)")] } ?? [])
    family(
      "gzload_target_rss_peak_bytes", "gauge", "Largest memory of the target so far.",
      snapshot.memory.rssPeakBytes.map { [("", "\($0)")] } ?? [])
    family(
      "gzload_client_busy_ratio", "gauge", "Share of the last second that the busiest load thread worked.",
      [("", "\(snapshot.client.busyNow)")])
    family(
      "gzload_client_cpu_seconds_total", "counter", "CPU the tester used.", [("", "\(snapshot.client.cpuSeconds)")])
    family("gzload_elapsed_seconds", "gauge", "Time since the run began.", [("", "\(snapshot.elapsedSeconds)")])
    return out
  }
}
