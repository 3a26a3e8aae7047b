/// The report `gzload/1`: what a finished run says, ready to be written as text or JSON.
///
/// A value made by one pure function of a `RunResult`. Units are in the names; a figure that does not exist is left out and
/// never 0 or NaN. `Docs/schema/gzload-1.schema.json` describes the JSON form exactly.
public struct RunReport: Codable, Sendable {
  static let schemaName = "gzload/1"

  let schema: String
  /// ISO 8601, UTC, milliseconds.
  let startedAt: String
  let durationSeconds: Double
  /// Ended by a person or a signal before the plan was done: everything below is about a part of it.
  let interrupted: Bool
  /// Ended early by a threshold; absent otherwise.
  let aborted: AbortEntry?
  /// The URLs, separated by spaces (no URL holds one).
  let target: String
  let options: ReportOptions
  let totals: Totals
  let rate: Rate
  let arrivals: Arrivals
  /// By status code; `0` counts streams without a response.
  let status: [String: Int]
  let protocols: [String: Int]
  let transport: [String: Int]
  let gzip: [String: Int]
  let httpCauses: [String: [String: Int]]
  /// All four treatments, also the ones that nothing got.
  let validation: [String: Int]
  /// By metric; a metric without samples is absent.
  let latencySeconds: [String: Summary]
  /// Of an open model whose times count from the plan, the same from the real start; nil where nothing was corrected.
  var latencyUncorrectedSeconds: [String: Summary]?
  let throughput: Summary?
  let pauses: PauseEntry
  let targetMemory: Memory
  let instances: [Instance]
  let evidence: [EvidenceEntry]
  let thresholds: [ThresholdEntry]
  let client: Client
  /// Nil when nobody followed the run.
  var series: TimeSeries?
  let notes: [String]
  /// Streams that missed what an `--expect-…` of the command line asked, by its name.
  let missedExpectations: [String: Int]
  /// For what summaries do not tell; see `histogram`. JSON has them as `histograms`.
  var distributions = Distributions()
  var uncorrected: Distributions?
  /// Responses that streams got before statistics were reset.
  var answersBefore = 0
  /// The distributions themselves, by metric; what an open model did not correct as `METRIC_uncorrected`.
  let histograms: [String: ReportHistogram]

  /// In the order of the enums, for the text; JSON objects have none.
  var transportOrder: [(name: String, count: Int)] {
    Self.ordered(transport, TransportOutcome.allCases.map(\.rawValue))
  }
  var verdictOrder: [(name: String, count: Int)] { Self.ordered(gzip, Verdict.allCases.map(\.rawValue)) }

  private static func ordered(_ counts: [String: Int], _ names: [String]) -> [(name: String, count: Int)] {
    names.compactMap { name in counts[name].map { (name, $0) } }
  }

  struct Totals: Codable, Sendable {
    var streams: Int
    var ok: Int
    var failed: Int
    var cutByDeadline: Int
    var bytesWire: Int64
    var bytesDecoded: Int64

    enum CodingKeys: String, CodingKey {
      case streams, ok, failed
      case cutByDeadline = "cut_by_deadline"
      case bytesWire = "bytes_wire"
      case bytesDecoded = "bytes_decoded"
    }
  }

  struct Rate: Codable, Sendable {
    var streamsPerSecond: Double
    var bytesWirePerSecond: Double

    enum CodingKeys: String, CodingKey {
      case streamsPerSecond = "streams_per_second"
      case bytesWirePerSecond = "bytes_wire_per_second"
    }
  }

  /// In the closed loop a stream is planned when a lane is free: none is late, none dropped. In an open model every planned
  /// arrival is a stream or dropped.
  struct Arrivals: Codable, Sendable {
    var planned: Int
    var late = 0
    var dropped = 0
    /// Of an open model: begin minus plan.
    var startDelay: StartDelay?

    enum CodingKeys: String, CodingKey {
      case planned, late, dropped
      case startDelay = "start_delay_seconds"
    }
  }

  struct StartDelay: Codable, Sendable {
    var p50: Double
    var p99: Double
    var max: Double
  }

  struct Memory: Codable, Sendable {
    /// What a `source` begins with that gave no figure; why follows.
    static let unavailableMark = "n/a — "
    /// What `source` says when nothing reports the target's memory.
    static let unavailable = "n/a — target sends no telemetry; see --watch-url"

    var source: String
    var rssBytes: Int64?
    var rssPeakBytes: Int64?
    var sampleCount: Int

    enum CodingKeys: String, CodingKey {
      case source
      case rssBytes = "rss_bytes"
      case rssPeakBytes = "rss_peak_bytes"
      case sampleCount = "sample_count"
    }
  }

  struct Instance: Codable, Sendable {
    var id: String
    /// Whose responses named it.
    var streams: Int
    var rssPeakBytes: Int64
    /// Nil for what is no environment of a Lambda function.
    var environment: Environment?

    enum CodingKeys: String, CodingKey {
      case id, streams, environment
      case rssPeakBytes = "rss_peak_bytes"
    }
  }

  struct ThresholdEntry: Codable, Sendable {
    var expression: String
    var value: Double?
    var passed: Bool
    // For people; the JSON form has none of these.
    /// With its tag: `gzip_invalid{truncated}`.
    var metric = ""
    var unit = ThresholdUnit.count
    /// The value with its unit, or why there is none: `12.3ms`, `not measured: …`.
    var shown = ""

    enum CodingKeys: String, CodingKey {
      case expression, value, passed
    }
  }

  /// What `--abort-on-fail` ended the run for.
  struct AbortEntry: Codable, Sendable {
    var threshold: String
    var value: Double
    var atSeconds: Double

    enum CodingKeys: String, CodingKey {
      case threshold, value
      case atSeconds = "at_seconds"
    }
  }

  struct Client: Codable, Sendable {
    var cpuSeconds: Double
    var busyFraction: Double
    var rssPeakBytes: Int64
    var threads: Int

    enum CodingKeys: String, CodingKey {
      case threads
      case cpuSeconds = "cpu_seconds"
      case busyFraction = "busy_fraction"
      case rssPeakBytes = "rss_peak_bytes"
    }
  }

  enum CodingKeys: String, CodingKey {
    case schema, interrupted, target, options, totals, rate, arrivals, status, transport, gzip, validation, instances
    case evidence, thresholds, client, notes, pauses, aborted, series, histograms
    case protocols = "protocol"
    case startedAt = "started_at"
    case durationSeconds = "duration_seconds"
    case httpCauses = "http_causes"
    case latencySeconds = "latency_seconds"
    case latencyUncorrectedSeconds = "latency_uncorrected_seconds"
    case throughput = "throughput_bytes_per_second"
    case targetMemory = "target_memory"
    case missedExpectations = "missed_expectations"
  }
}
