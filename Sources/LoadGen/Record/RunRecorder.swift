internal import Synchronization
internal import ToolSupport

/// Says once a second how the run as a whole stands, every ten seconds what each lane does (from there a replay can go on), and
/// at once what a person should know.
final class RunRecorder: RunObserver {
  private static let interval = 1.0
  /// Nanoseconds. A run that waits for its beginning has a clock that stands, and followers that take silence for a lost connection.
  private static let longestSilence: Int64 = 2_000_000_000
  private static let viewInterval = Double(ReplayTimeline.viewInterval) / 1e6

  private struct State {
    var due = 0.0
    var viewDue = viewInterval
    var saidAt = Int64.min
    var told: Set<String> = []
  }
  private let hub: RecordHub
  private let clock: @Sendable () -> Int64
  private let state = Mutex(State())

  /// - Parameter clock: nanoseconds; never goes back.
  init(hub: RecordHub, clock: @escaping @Sendable () -> Int64 = { MonotonicClock.now() }) {
    self.hub = hub
    self.clock = clock
  }

  func observe(_ snapshot: Snapshot) {
    let (now, moment) = (snapshot.elapsedSeconds, clock())
    let (isDue, isViewDue, notices) = state.withLock { state in
      let notices = snapshot.notices.filter { state.told.insert($0).inserted }
      let isDue = now >= state.due || moment >= state.saidAt.saturatingAdd(Self.longestSilence)
      if isDue { (state.due, state.saidAt) = (now.rounded(.down) + Self.interval, moment) }
      let isViewDue = now >= state.viewDue
      if isViewDue { state.viewDue += Self.viewInterval }
      return (isDue, isViewDue, notices)
    }
    for notice in notices { hub.post(.notice(at: now.microseconds, notice)) }
    if isDue { hub.post(.sample(RecordSample(snapshot))) }
    if isViewDue { hub.post(.lanes(at: now.microseconds, snapshot.lanes)) }
  }
}
