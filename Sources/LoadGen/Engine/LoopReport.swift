internal import Synchronization

/// What a loop thread lets others see of it: values only.
struct LoopReport: Sendable {
  var counters = Counters()
  /// In the order of the thread's slots.
  var lanes: [LaneSnapshot] = []
  var active = 0
  var isDraining = false
  var instances = InstanceBook()
  /// Nil unless the plan asks for them.
  var distributions: Distributions?
  /// Counts up when they are renewed.
  var distributionsVersion = 0
  /// Of the statistics: the reset that everything counted here follows.
  var epoch = 0
  /// Streams that ended before that reset.
  var forgotten = 0
  /// Those of them that got a response.
  var forgottenAnswers = 0
  /// What `detail` answers; nil where no stream of this thread is looked at.
  var focus: RunFocus?
  /// Nil too where nothing is known of that stream any more.
  var detail: StreamDetail?
  /// Renewed with them; of an open model.
  var uncorrected = Distributions()
  var startDelays = StartDelays()
  var evidence = EvidenceKeeper()
  var warmUpFailed = 0
  /// Nanoseconds of the thread's life not spent waiting for events.
  var worked: Int64 = 0
  /// Share of the last second or so that was not spent waiting.
  var busyNow: Double = 0

  /// What of it is to be counted when statistics were reset so often: nothing, while the thread has not obeyed the last reset, but that
  /// its streams were there.
  func counted(in epoch: Int) -> LoopReport {
    guard epoch > self.epoch else { return self }
    var report = self
    report.forgotten &+= counters.streams
    report.forgottenAnswers &+= counters.responses
    report.counters = Counters()
    report.counters.warmUpStreams = counters.warmUpStreams
    for index in report.lanes.indices { report.lanes[index].forgetTotals() }
    report.distributions = nil
    (report.uncorrected, report.startDelays) = (Distributions(), StartDelays())
    report.evidence = EvidenceKeeper()
    report.instances.forgetStreams()
    report.worked = 0
    return report
  }

  /// Of the run's time, not of the thread's: one that had nothing to do and left at once was not busy.
  func busyFraction(of elapsed: Int64) -> Double { elapsed > 0 ? Double(max(0, worked)) / Double(elapsed) : 0 }
}

/// What a loop thread leaves behind.
struct LoopRemains: Sendable {
  /// See the report's.
  var epoch = 0
  var distributions = Distributions()
  var uncorrected = Distributions()
  var startDelays = StartDelays()
  var warmUpFailed = 0
  /// Not all streams of the plan were begun, because nothing ever answered.
  var hasGivenUp = false
  /// When it began no more streams; nil when it had begun all there were.
  var drainedAt: Int64?
  var evidence = EvidenceKeeper()
  /// Nil when nobody looked at single streams.
  var album: StreamAlbum?
  var endedAt: Int64 = 0
  /// Why the thread could not do its work; nil when it did.
  var fault: String?
}

/// The only way out of a loop thread. The thread pins up a report at most every 100 ms, and its remains once.
final class LoopBoard: Sendable {
  private let report = Mutex(LoopReport())
  private let remains = Mutex<LoopRemains?>(nil)

  func publish(_ new: LoopReport) { report.withLock { $0 = new } }
  func latest() -> LoopReport { report.withLock { $0 } }

  func finish(_ left: LoopRemains) { remains.withLock { $0 = left } }
  /// Nil while the thread runs.
  func left() -> LoopRemains? { remains.withLock { $0 } }
  var isFinished: Bool { remains.withLock { $0 != nil } }
}
