/// What one event loop counts; summed when someone asks.
struct LoopCounters: Sendable, Equatable {
  /// Exchanges that were meant for the upstream.
  var streams: Int64 = 0
  /// Responses whose head went out and whose body did not become whole, except where the client left.
  var incomplete: Int64 = 0
  /// Bytes of responses handed to clients' sockets, heads and framing included.
  var bytesOut: Int64 = 0
  /// Failures of the upstream by RFC 9209 token, before and after the head.
  var upstreamErrors: [String: Int64] = [:]

  mutating func upstreamFailed(_ cause: ProxyCause) {
    guard cause.row.side == .upstream else { return }
    upstreamErrors[cause.token, default: 0] += 1
  }

  static func + (left: LoopCounters, right: LoopCounters) -> LoopCounters {
    LoopCounters(
      streams: left.streams + right.streams, incomplete: left.incomplete + right.incomplete,
      bytesOut: left.bytesOut + right.bytesOut,
      upstreamErrors: left.upstreamErrors.merging(right.upstreamErrors, uniquingKeysWith: +))
  }
}

/// One stream as `stats` shows it.
struct StreamReport: Sendable {
  var requestID: String
  /// What this process holds for it in user space, both directions.
  var bufferedBytes: Int64
  var bytesOut: Int64
  var ageSeconds: Double
}

/// What one loop tells when it is asked.
struct LoopReport: Sendable {
  var counters = LoopCounters()
  var bufferedBytes: Int64 = 0
  var streams: [StreamReport] = []
}

/// The `stats` document. Pure.
enum StatsDocument {
  static let maximumStreams = 1000

  struct Process: Sendable {
    var instance: String
    var version: String
    var uptimeSeconds: Double
    var rssBytes: Int64?
    var rssPeakBytes: Int64?
    var cpuSeconds: Double
    var activeStreams: Int
  }

  static func make(_ process: Process, _ loops: [LoopReport]) -> String {
    let counters = loops.reduce(LoopCounters()) { $0 + $1.counters }
    var json = JSONText()
    json.object { json in
      json.field("instance", process.instance)
      json.field("version", process.version)
      json.field("uptime_seconds", seconds: process.uptimeSeconds)
      json.field("rss_bytes", optional: process.rssBytes)
      json.field("rss_peak_bytes", optional: process.rssPeakBytes)
      json.field("cpu_seconds", seconds: process.cpuSeconds)
      json.field("active_streams", process.activeStreams)
      json.field("streams_total", counters.streams)
      json.field("incomplete_total", counters.incomplete)
      json.field("bytes_out_total", counters.bytesOut)
      json.field("buffered_bytes", loops.reduce(0) { $0 + $1.bufferedBytes })
      json.object("upstream_errors") { json in
        for (token, count) in counters.upstreamErrors.sorted(by: { $0.key < $1.key }) { json.field(token, count) }
      }
      json.array("streams") { json in
        for stream in loops.flatMap(\.streams).prefix(maximumStreams) { write(stream, &json) }
      }
    }
    return json.text + "\n"
  }

  private static func write(_ stream: StreamReport, _ json: inout JSONText) {
    json.object { json in
      json.field("request_id", stream.requestID)
      json.field("buffered_bytes", stream.bufferedBytes)
      json.field("bytes_out", stream.bytesOut)
      json.field("age_seconds", seconds: stream.ageSeconds)
    }
  }
}
