internal import Synchronization

/// Says once a second how the run as a whole stands, and at once what a person should know.
final class RunRecorder: RunObserver {
  private static let interval = 1.0

  private struct State {
    var due = 0.0
    var told: Set<String> = []
  }
  private let hub: RecordHub
  private let state = Mutex(State())

  init(hub: RecordHub) { self.hub = hub }

  func observe(_ snapshot: Snapshot) {
    let (isDue, notices) = state.withLock { state in
      let notices = snapshot.notices.filter { state.told.insert($0).inserted }
      guard snapshot.elapsedSeconds >= state.due else { return (false, notices) }
      state.due = snapshot.elapsedSeconds.rounded(.down) + Self.interval
      return (true, notices)
    }
    for notice in notices { hub.post(.notice(at: snapshot.elapsedSeconds.microseconds, notice)) }
    if isDue { hub.post(.sample(RecordSample(snapshot))) }
  }
}
