internal import CCurl

/// One `curl_multi`, driven by `curl_multi_socket_action`: libcurl says which sockets it waits for and when its next timer
/// is, this owner waits and tells it what happened.
///
/// Guarantees: handles are freed once. Relies on: every call is made on one thread, and every easy handle is removed
/// before the end. Costs one system call for each change of a socket's interest, which a reused connection with a body
/// never has.
struct CurlMulti: ~Copyable {
  private let handle: UnsafeMutableRawPointer
  /// libcurl keeps a pointer to it.
  private let events: MultiEvents

  /// Nil when libcurl has no memory.
  init?(poller: EventPoller, connections: Int) {
    guard let handle = curl_multi_init() else { return nil }
    self.handle = handle
    events = MultiEvents(poller: poller)
    let context = Unmanaged.passUnretained(events).toOpaque()
    ccurl_multi_set_socket(handle, socketChanged)
    ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
    ccurl_multi_set_timer(handle, timerChanged)
    ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
    keep(connections: connections)
  }

  deinit {
    // Closes the idle connections; libcurl may still call `events`, which lives until this is done.
    curl_multi_cleanup(handle)
    withExtendedLifetime(events) {}
  }

  /// How many connections may stay open between streams. Fewer than lanes, and lanes would close each other's.
  func keep(connections: Int) {
    ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, max(1, connections))
  }

  /// Begins a transfer; libcurl does its first step when its timer, now due, is served.
  func add(_ easy: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(handle, easy) == CURLM_OK }

  /// Ends a transfer. One that was not done loses its connection.
  func remove(_ easy: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, easy) }

  /// Something happened on a socket.
  func act(on event: EventPoller.Event) {
    var mask: Int32 = 0
    if event.readiness.contains(.read) { mask |= CURL_CSELECT_IN }
    if event.readiness.contains(.write) { mask |= CURL_CSELECT_OUT }
    if event.readiness.contains(.error) { mask |= CURL_CSELECT_ERR }
    var running: Int32 = 0
    curl_multi_socket_action(handle, event.descriptor, mask, &running)
  }

  /// When libcurl wants to be called without an event; `.max` is never.
  var timer: Int64 { events.timer }

  /// Serves the timer when it is due.
  func actOnTimer(now: Int64) {
    guard events.timer <= now else { return }
    events.timer = .max
    var running: Int32 = 0
    // CURL_SOCKET_TIMEOUT is a cast macro, which Swift does not see: CURL_SOCKET_BAD, which is -1.
    curl_multi_socket_action(handle, -1, 0, &running)
  }

  /// The next transfer that is over, with libcurl's result.
  func nextDone() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
    var code = CURLE_OK
    guard let easy = ccurl_multi_next_done(handle, &code) else { return nil }
    return (easy, code)
  }
}

/// What libcurl's two callbacks reach. A class, because libcurl keeps its address.
private final class MultiEvents {
  let poller: EventPoller
  var timer: Int64 = .max
  init(poller: EventPoller) { self.poller = poller }
}

private func socketChanged(
  _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  let events = Unmanaged<MultiEvents>.fromOpaque(context)._withUnsafeGuaranteedRef { $0 }
  switch what {
  case CURL_POLL_IN: events.poller.watch(socket, for: .read)
  case CURL_POLL_OUT: events.poller.watch(socket, for: .write)
  case CURL_POLL_INOUT: events.poller.watch(socket, for: [.read, .write])
  default: events.poller.forget(socket)
  }
  return 0
}

private func timerChanged(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  let events = Unmanaged<MultiEvents>.fromOpaque(context).takeUnretainedValue()
  events.timer =
    milliseconds < 0 ? .max : MonotonicClock.now().saturatingAdd(Int64(milliseconds).multipliedOrMax(by: 1_000_000))
  return 0
}

extension Int64 {
  fileprivate func multipliedOrMax(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
