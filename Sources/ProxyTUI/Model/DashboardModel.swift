internal import LoadGen

/// Everything the screen knows. Changed by `update` alone; the views read it.
///
/// Two clocks: the snapshot and the history are 10 Hz; the figures people read (`readout`, `laneRates`) change twice a
/// second, so that they can be read.
struct DashboardModel: Sendable {
  enum Quit: Sendable, Equatable {
    case no
    /// Asked once: leaves as soon as the running streams have ended.
    case draining
    case leaving
  }

  struct Notice: Sendable, Equatable {
    var text: String
    /// On the loop's clock; nil stays.
    var until: Double?
  }

  /// Somebody who quits wants to be gone soon: streams that take longer than this are cut, and not counted as failures.
  static let drainSeconds = 2.0

  var label: RunLabel
  var glyphs: GlyphSet
  var size: ScreenSize

  var snapshot = Snapshot()
  var history = History()
  /// Over the last second.
  var readout = History.Rates()
  /// By lane, bytes a second.
  var laneRates: [Double] = []
  var readoutTime = -Double.infinity

  /// Times of the streams so far; nil where nobody knows them.
  var latency: RunLatency?
  /// Which of them the latency view shows.
  var metric = Distributions.Metric.ttlb
  var heat = HeatMap()
  /// The stream that is looked at; nil when none is.
  var focus: RunFocus?
  /// What is known of it.
  var detail: StreamDetail?

  /// Lanes in the table, by index into the snapshot: all of them, or those that have failed.
  var failedOnly = false
  /// Index into the rows of the table.
  var selection = 0
  var top = 0
  var helpShown = false
  var notice: Notice?
  var quit = Quit.no
  /// When a drain that a person asked for is over; nil before it and after it.
  var drainUntil: Double?
  /// Whether a person kept the load from doing all it had to do: asked for the end before its last stream had begun, or
  /// had streams cut.
  var endedEarly = false

  /// What the run found worth a warning, oldest first; see `takeEngineFacts`.
  var warnings: [String] = []
  /// So many of them were dismissed.
  var warningsRead = 0
  /// More lanes than this the engine does not grant; see `takeEngineFacts`.
  var maximumConcurrency = Int.max

  /// The environments of a Lambda function, in the order of their names.
  var environments: [EnvironmentRow] = []
  /// As many as there ever were: rows that come and go would move the table.
  var environmentCount = 0

  /// What was asked for and may not be in a snapshot yet.
  var wantedConcurrency: Int?
  var wantedPause: Bool?
  var now: Double = 0
  /// Whether anything visible has changed since the last drawing.
  var dirty = true

  init(label: RunLabel, glyphs: GlyphSet, size: ScreenSize) {
    self.label = label
    self.glyphs = glyphs
    self.size = size
    notice = label.note.map { Notice(text: $0, until: nil) }
  }

  var concurrency: Int { wantedConcurrency ?? snapshot.concurrency }
  var paused: Bool { wantedPause ?? (snapshot.phase == .paused) }
  /// The oldest warning that nobody has dismissed.
  var warning: String? { warnings.dropFirst(warningsRead).first }
  var layout: Layout? { Layout(size: size, environments: environmentCount) }

  /// Rows of the table in its present filter. The unfiltered table is every lane in order and needs no list.
  var rowCount: Int { failedOnly ? snapshot.lanes.lazy.filter { $0.failed > 0 }.count : snapshot.lanes.count }

  /// The lanes of `range`, cut to what exists.
  func lanes(rows range: Range<Int>) -> [LaneSnapshot] {
    guard !failedOnly else {
      return Array(snapshot.lanes.lazy.filter { $0.failed > 0 }.dropFirst(range.lowerBound).prefix(range.count))
    }
    return Array(snapshot.lanes.dropFirst(range.lowerBound).prefix(range.count))
  }

  func rate(of lane: LaneSnapshot) -> Double {
    laneRates.indices.contains(lane.lane) ? laneRates[lane.lane] : lane.bytesPerSecond
  }
}
