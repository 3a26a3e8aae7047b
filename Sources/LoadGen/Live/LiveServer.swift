internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `--metrics-listen`: a small HTTP/1.1 server on a thread of its own.
///
/// Guarantees: at most `connectionLimit` connections, each with at most `LiveRequest.maximumBytes` of request and one feed
/// queue; none of them can hold up the run. A connection beyond the limit waits in the kernel's queue.
final class LiveServer: Sendable {
  static let connectionLimit = 64
  /// For clients to take the last lines when the run is over; nanoseconds.
  static let farewell: Int64 = 2_000_000_000

  let port: Int
  let pages: LivePages
  private let listener: Int32
  private let bell: WakeDescriptor
  private let thread = Mutex<PlainThread?>(nil)

  /// Serves at once.
  ///
  /// - Parameter snapshot: of the run, now; nil before it has begun.
  /// - Throws: `couldNotRun`.
  init(_ address: LiveAddress, snapshot: @escaping @Sendable () -> Snapshot?) throws(ToolFailure) {
    (listener, port) = try address.listen()
    guard let bell = WakeDescriptor() else {
      close(listener)
      throw ToolFailure(.couldNotRun, "--metrics-listen: no file descriptor is left")
    }
    self.bell = bell
    pages = LivePages(feed: EventFeed { bell.ring() }, snapshot: snapshot)
    let (listener, pages) = (listener, pages)
    let started = PlainThread.start(name: "live") { LiveLoop(listener: listener, bell: bell, pages: pages).run() }
    guard let started else {
      close(listener)
      throw ToolFailure(.couldNotRun, "--metrics-listen: the system refused a thread")
    }
    thread.withLock { $0 = started }
  }

  deinit {
    stop()
    bell.closeEnds()
  }

  /// Gives readers a moment for what they have not read yet; returns when all connections are closed.
  func stop() {
    pages.stop()
    bell.ring()
    thread.withLock { $0.take() }?.join()
  }

  /// Milliseconds to sleep until the first of these moments, at most a second; 0 when one is past.
  static func patience(now: Int64, until moments: [Int64]) -> Int32 {
    let due = moments.reduce(now.saturatingAdd(1_000_000_000)) { min($0, $1) }
    return due <= now ? 0 : Int32(clamping: (due &- now &+ 999_999) / 1_000_000)
  }
}

/// The thread of the server.
private final class LiveLoop {
  private let listener: Int32
  private let bell: WakeDescriptor
  private let pages: LivePages
  private var connections: [LiveConnection] = []
  private var endsAt: Int64 = .max

  init(listener: Int32, bell: WakeDescriptor, pages: LivePages) {
    self.listener = listener
    self.bell = bell
    self.pages = pages
  }

  func run() {
    defer {
      for connection in connections { finish(connection) }
      close(listener)
    }
    while true {
      let now = MonotonicClock.now()
      if pages.isStopping {
        endsAt = min(endsAt, now.saturatingAdd(LiveServer.farewell))
        // Nobody who has not asked yet is waited for.
        connections.removeAll { connection in
          guard connection.stage == .reading || connection.stage == .lingering else { return false }
          finish(connection)
          return true
        }
        if connections.isEmpty || now >= endsAt { return }
      }
      turn(now)
    }
  }

  private func turn(_ now: Int64) {
    var polled = [pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0)]
    let accepts = connections.count < LiveServer.connectionLimit && !pages.isStopping
    // A negative descriptor is passed over.
    polled.append(pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0))
    for connection in connections {
      let events = connection.wantsWrite ? Int16(POLLIN | POLLOUT) : Int16(POLLIN)
      polled.append(pollfd(fd: connection.descriptor, events: events, revents: 0))
    }
    let patience = LiveServer.patience(now: now, until: connections.map(\.deadline) + [endsAt])
    let ready = poll(&polled, nfds_t(polled.count), patience)
    let after = MonotonicClock.now()
    let hasRung = ready > 0 && polled[0].revents != 0
    if hasRung { bell.clear() }
    for (connection, entry) in zip(connections, polled.dropFirst(2)) {
      if entry.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { connection.readable(now: after) }
      if case .feeding = connection.stage {
        connection.writable(now: after)
      } else if entry.revents & Int16(POLLOUT) != 0, connection.stage == .answering {
        connection.writable(now: after)
      }
      connection.checkTime(now: after)
    }
    if ready > 0, polled[1].revents != 0 { accept(after) }
    connections.removeAll { connection in
      guard connection.stage == .over else { return false }
      finish(connection)
      return true
    }
  }

  private func accept(_ now: Int64) {
    while connections.count < LiveServer.connectionLimit {
      let descriptor = systemAccept(listener)
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      connections.append(LiveConnection(descriptor: descriptor, pages: pages, now: now))
    }
  }

  private func finish(_ connection: LiveConnection) {
    connection.end()
    close(connection.descriptor)
  }
}

private func systemAccept(_ listener: Int32) -> Int32 { accept(listener, nil, nil) }
