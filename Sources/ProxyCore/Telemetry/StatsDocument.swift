/// One stream as `stats` shows it.
struct StreamReport: Sendable {
  var requestID: String
  /// What this process holds for it in user space, both directions.
  var bufferedBytes: Int64
  var bytesOut: Int64
  /// Of those, what went through a pipe.
  var bytesSpliced: Int64 = 0
  var ageSeconds: Double
}

/// What one loop tells when it is asked.
struct LoopReport: Sendable {
  var counters = LoopCounters()
  var bufferedBytes: Int64 = 0
  /// The most that one of the streams under way has held.
  var peakBuffer = 0
  var clientConnections = 0
  var idleUpstreamConnections = 0
  var idlePipes = 0
  var streams: [StreamReport] = []
}

/// What is told of the process as a whole.
struct ProcessReport: Sendable {
  var instance: String
  var version: String
  /// Seconds since 1970 at which the server started.
  var startedAtSeconds: Double = 0
  var uptimeSeconds: Double
  var rssBytes: Int64?
  var rssPeakBytes: Int64?
  var cpuSeconds: Double
  var openDescriptors: Int64?
  var activeStreams: Int
  /// Of streams that begin now.
  var relay = RelayMode.auto
  /// Idle ones included.
  var upstreamConnections = 0
  /// Idle ones included.
  var pipes = 0
  var droppedLogLines: Int64 = 0
  /// Of the memory ledger.
  var reservedBytes: Int64 = 0
  var memoryLimit: Int64?
}

/// The `stats` document. Pure.
enum StatsDocument {
  static let maximumStreams = 1000

  static func make(_ process: ProcessReport, _ loops: [LoopReport]) -> String {
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
      json.field("relay", process.relay.rawValue)
      json.field("streams_total", counters.streams)
      json.field("incomplete_total", counters.incomplete)
      json.field("bytes_out_total", counters.bytesOut)
      json.field("bytes_spliced_total", counters.bytesSpliced)
      json.field("buffered_bytes", loops.reduce(0) { $0 + $1.bufferedBytes })
      json.object("upstream_errors") { json in
        for (token, count) in counters.upstreamErrorsByToken where count > 0 { json.field(token, count) }
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
      json.field("bytes_spliced", stream.bytesSpliced)
      json.field("age_seconds", seconds: stream.ageSeconds)
    }
  }
}
