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
  /// The stream that was opened; nil when none is.
  var focus: RunFocus?
  /// What is known of it.
  var detail: StreamDetail?

  /// What the source takes.
  var abilities: RunAbilities
  /// URLs of the targets, by the index that lanes name.
  var targets: [String] = []
  /// Arrivals a second; nil in a closed model.
  var rate: Double?
  var validation: ValidationMode?
  var fault: LabFault?
  /// How the lab's gzproxy moves bodies.
  var relay: LabRelay?
  /// What can be made to go wrong; empty where there is no lab.
  var faults: [LabFault.Choice] = []
  /// The file that the record goes to.
  var record: String?
  var playback: PlaybackState?
  /// What keeps the source from knowing more.
  var sourceStatus: String?
  /// Nobody tells of the run any more.
  var isLost = false

  var tab = Tab.streams
  /// The table of lanes or streams.
  var streams = StreamTable()
  /// The rows of the table that is open, where it is another one.
  var rows = TableRows()
  /// The places in the other tables.
  var lists: [Tab: ListState] = [:]
  /// Of the other tables: which row is selected, by its name; nil is the first, whatever that is.
  var anchors: [Tab: String] = [:]
  var book = StreamBook()
  var failures = FailureBook()
  /// Its kinds at the moment of the figures that people read.
  var readKinds: [FailureBook.Kind] = []
  /// Of the last sample that a record told.
  var recordedPhase: Snapshot.Phase?
  /// As the log has them.
  var notedEnvironments: [EnvironmentRow] = []
  var log = EventLog()
  var trails = LaneTrails()
  /// First line of the opened stream that is shown.
  var detailTop = 0
  var overlay: Overlay?
  /// First line of the help that is shown.
  var helpTop = 0
  /// The snapshot that figures are read from: renewed twice a second, so that they can be read.
  var shown = Snapshot()
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

  init(label: RunLabel, glyphs: GlyphSet, size: ScreenSize, abilities: RunAbilities = [.load, .concurrency, .streams]) {
    self.label = label
    self.abilities = abilities
    faults = label.lab.map(LabFault.all(for:)) ?? []
    self.glyphs = glyphs
    self.size = size
    notice = label.note.map { Notice(text: $0, until: nil) }
  }

  var concurrency: Int { wantedConcurrency ?? snapshot.concurrency }
  /// Whether anybody has said how many streams are wanted, or taken, at once.
  var hasLimit: Bool { snapshot.watch == nil || snapshot.watch?.limit != nil }
  var paused: Bool { wantedPause ?? (snapshot.phase == .paused) }
  /// The oldest warning that nobody has dismissed.
  var warning: String? { warnings.dropFirst(warningsRead).first }
  var layout: Layout? { Layout(size: size, environments: environmentCount) }

  /// Whether anybody tells how it is now: a watched target that answers, a run elsewhere that is heard of.
  var isTold: Bool { !isLost && shown.watch?.isAnswering != false }

  /// The place in the table of the view that is open.
  var list: ListState {
    get { tab == .streams ? streams.list : lists[tab, default: ListState()] }
    set { if tab == .streams { streams.list = newValue } else { lists[tab] = newValue } }
  }

  func rate(of lane: LaneSnapshot) -> Double {
    laneRates.indices.contains(lane.lane) ? laneRates[lane.lane] : lane.bytesPerSecond
  }
}
