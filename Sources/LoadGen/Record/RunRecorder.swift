internal import Synchronization

/// Says once a second how the run as a whole stands, every ten seconds what each lane does (from there a replay can go on), and
/// at once what a person should know.
final class RunRecorder: RunObserver {
  private static let interval = 1.0
  private static let viewInterval = Double(ReplayTimeline.viewInterval) / 1e6

  private struct State {
    var due = 0.0
    var viewDue = viewInterval
    var told: Set<String> = []
  }
  private let hub: RecordHub
  private let state = Mutex(State())

  init(hub: RecordHub) { self.hub = hub }

  func observe(_ snapshot: Snapshot) {
    let now = snapshot.elapsedSeconds
    let (isDue, isViewDue, notices) = state.withLock { state in
      let notices = snapshot.notices.filter { state.told.insert($0).inserted }
      let isDue = now >= state.due
      if isDue { state.due = now.rounded(.down) + Self.interval }
      let isViewDue = now >= state.viewDue
      if isViewDue { state.viewDue += Self.viewInterval }
      return (isDue, isViewDue, notices)
    }
    for notice in notices { hub.post(.notice(at: now.microseconds, notice)) }
    if isDue { hub.post(.sample(RecordSample(snapshot))) }
    if isViewDue { hub.post(.lanes(at: now.microseconds, snapshot.lanes)) }
  }
}
