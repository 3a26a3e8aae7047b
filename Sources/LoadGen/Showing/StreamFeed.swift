internal import Synchronization

/// The way of events from the hub to a dashboard: what happened since it last looked.
///
/// Guarantees: the hub never waits for the dashboard; at most `RunView.eventLimit` events wait, and what has no room is counted.
final class StreamFeed: EventConsumer, Sendable {
  struct Contents {
    var events: [RecordEvent] = []
    var missed = 0
  }

  private let contents = Mutex(Contents())
  private let limit: Int

  init(limit: Int = RunView.eventLimit) { self.limit = limit }

  var wantsLines: Bool { false }

  func begin(_ header: UnsafeRawBufferPointer) {}

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    switch event {
    // Every snapshot has them.
    case .sample, .lanes, .final, .limit: return
    case .gap(let gap): contents.withLock { $0.missed &+= max(0, gap.events) }
    default:
      contents.withLock { contents in
        if contents.events.count < limit { contents.events.append(event) } else { contents.missed &+= 1 }
      }
    }
  }

  func settle(now: Int64) {}

  func finish() {}

  /// Everything that came since the last call, in its order.
  func take() -> Contents {
    contents.withLock { contents in
      let taken = contents
      contents = Contents()
      return taken
    }
  }
}
