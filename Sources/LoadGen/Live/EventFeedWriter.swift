internal import Synchronization

/// The hub's side of the feed: collects the lines of a moment and puts them into the queues at once.
final class EventFeedWriter: EventConsumer {
  /// A client's first view of the lanes may have been older than its first event: it gets another one.
  private static let secondSync: Int64 = 250_000

  private let feed: EventFeed
  private let snapshot: @Sendable () -> Snapshot?
  private let block = LineBuffer()
  private let view = LineBuffer(capacity: 1024)
  private var events = 0
  private var ends = 0
  /// The run's last line, which nobody misses (`EventFeed.State.final`).
  private var final: [UInt8] = []
  private var finalAt: Int64 = 0

  /// - Parameter snapshot: of the run, now; nil before it has begun.
  init(feed: EventFeed, snapshot: @escaping @Sendable () -> Snapshot?) {
    self.feed = feed
    self.snapshot = snapshot
  }

  let wantsLines = true

  func begin(_ header: UnsafeRawBufferPointer) {
    feed.state.withLock { state in
      state.header = Array(header)
      for client in Array(state.queues.keys) { state.queues[client]?.bytes.append(contentsOf: header) }
    }
    feed.ring()
  }

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    if case .final = event {
      final = Array(line)
      finalAt = event.time
      return
    }
    guard feed.clients.load(ordering: .relaxed) > 0 else { return }
    block.append(line.bindMemory(to: UInt8.self))
    events &+= 1
    if case .end = event { ends &+= 1 }
  }

  func settle(now: Int64) {
    guard feed.clients.load(ordering: .relaxed) > 0 else { return forget() }
    let wantsView = feed.state.withLock { $0.queues.values.contains { needsView($0, now) } }
    if wantsView { makeView(now) }
    guard wantsView || events > 0 else { return }
    feed.state.withLock { state in
      for client in Array(state.queues.keys) { fill(&state.queues[client], now, hasView: wantsView) }
    }
    forget()
    feed.ring()
  }

  func finish() {
    settle(now: .max)
    feed.state.withLock { state in
      state.final = final
      state.finalAt = finalAt
      state.isOver = true
    }
    feed.ring()
  }

  /// What was collected is in the queues, or nobody wants it.
  private func forget() {
    block.removeAll()
    events = 0
    ends = 0
  }

  private func needsView(_ queue: EventFeed.Queue, _ now: Int64) -> Bool {
    if let due = queue.syncAt, due <= now { return true }
    return queue.missingEvents > 0 && hasRoom(queue)
  }

  private func hasRoom(_ queue: EventFeed.Queue) -> Bool { queue.bytes.count <= EventFeed.queueLimit / 2 }

  private func fill(_ slot: inout EventFeed.Queue?, _ now: Int64, hasView: Bool) {
    guard var queue = slot else { return }
    defer { slot = queue }
    if queue.missingEvents > 0, !hasRoom(queue) { return miss(&queue) }
    guard queue.bytes.count &+ block.count <= EventFeed.queueLimit else { return miss(&queue) }
    if let gap = queue.takeGap(at: min(now, lastTime)) {
      queue.bytes += gap
      queue.syncAt = .min
    }
    queue.bytes.append(contentsOf: block.bytes)
    if hasView, let due = queue.syncAt, due <= now {
      queue.bytes.append(contentsOf: view.bytes)
      queue.syncAt = due == .min ? now.saturatingAdd(Self.secondSync) : nil
    }
  }

  private func miss(_ queue: inout EventFeed.Queue) {
    queue.missingEvents &+= events
    queue.missingEnds &+= ends
  }

  private var lastTime: Int64 = 0

  /// What the run and every lane of it do now, as two lines.
  private func makeView(_ now: Int64) {
    view.removeAll()
    guard let snapshot = snapshot() else { return }
    let encoder = RecordEncoder(targets: [])
    let sample = RecordSample(snapshot)
    lastTime = sample.at
    encoder.encode(.sample(sample), into: view)
    encoder.encode(.lanes(at: sample.at, snapshot.lanes), into: view)
  }
}
