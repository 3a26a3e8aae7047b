internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One `curl_multi`, driven by `curl_multi_socket_action`: libcurl says which sockets it waits for and when its next
/// timer is, this owner waits and tells it what happened.
///
/// A class because libcurl keeps its address. Guarantees: the handle is freed once, after the transfers, which hold
/// on to it. Relies on: every call is made on one thread, and every easy handle is removed before the end. Costs one
/// system call for each change of a socket's interest, which a reused connection has none of.
final class CurlMulti {
  /// Lanes that share a handle, its connections and its names. libcurl 7.88 walks over all connections of a host to
  /// find an idle one, at every request: with 2,500 of them that was 40 % of all the tester's time.
  static let lanes = 256

  /// Marks this handle's sockets in the poller.
  let tag: UInt32
  /// A name is in the handle's cache: a transfer got as far as opening a socket.
  private(set) var hasResolved = false
  /// On HTTP/2 connections; nil where streams share none, or go to several hosts.
  var seats: StreamSeats?
  private let handle: UnsafeMutableRawPointer
  private let poller: EventPoller
  /// Of the loop's running turn: when its wait ended.
  var moment: Int64 = 0
  /// When libcurl wants to be called without an event; `.max` is never.
  private(set) var timer: Int64 = .max

  /// Nil when libcurl has no memory.
  ///
  /// - Parameter sharesConnections: all streams go to one host over HTTP/2 connections that each serves several.
  init?(poller: EventPoller, tag: UInt32, network: NetworkPlan, sharesConnections: Bool) {
    guard let handle = curl_multi_init() else { return nil }
    self.handle = handle
    self.poller = poller
    self.tag = tag
    let context = Unmanaged.passUnretained(self).toOpaque()
    ccurl_multi_set_socket(handle, socketChanged)
    ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, context)
    ccurl_multi_set_timer(handle, timerChanged)
    ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, context)
    if network.usesHTTP2 {
      ccurl_multi_set_long(handle, CURLMOPT_MAX_CONCURRENT_STREAMS, network.streamsPerConnection)
    }
    if sharesConnections { seats = StreamSeats(perConnection: network.streamsPerConnection) }
  }

  /// Closes the idle connections.
  deinit {
    // No calls back any more: this object is ending, and the poller forgets a closed socket by itself.
    ccurl_multi_set_pointer(handle, CURLMOPT_SOCKETDATA, nil)
    ccurl_multi_set_pointer(handle, CURLMOPT_TIMERDATA, nil)
    curl_multi_cleanup(handle)
  }

  /// How many connections may stay open between streams: with fewer than its lanes need, these would close each other's; with more,
  /// a plan of many hosts would hold descriptors that nobody counted.
  func keepConnections(_ count: Int) { ccurl_multi_set_long(handle, CURLMOPT_MAXCONNECTS, count) }

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

  /// Has this handle's poller told of the sockets that a transfer opens, until they are closed.
  func follow(socketsOf easy: UnsafeMutableRawPointer) {
    ccurl_set_closesocket(easy, socketCloses, Unmanaged.passUnretained(poller).toOpaque())
  }

  /// A transfer has opened this socket, so its name is resolved.
  func opened(_ socket: curl_socket_t) {
    hasResolved = true
    poller.opened(socket)
  }

  /// Serves the timer when it is due.
  func actOnTimer(now: Int64) {
    guard timer <= now else { return }
    timer = .max
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

// What the callbacks do.
extension CurlMulti {
  fileprivate func watch(_ socket: curl_socket_t, _ what: Int32) {
    switch what {
    case CURL_POLL_IN: poller.watch(socket, for: .read, tag: tag)
    case CURL_POLL_OUT: poller.watch(socket, for: .write, tag: tag)
    case CURL_POLL_INOUT: poller.watch(socket, for: [.read, .write], tag: tag)
    default: poller.forget(socket)
    }
  }

  fileprivate func setTimer(milliseconds: Int) {
    guard milliseconds >= 0 else { return timer = .max }
    guard milliseconds > 0 else { return timer = 0 }
    timer = MonotonicClock.now().saturatingAdd(Int64(milliseconds).multipliedOrMax(by: 1_000_000))
  }
}

private func socketChanged(
  _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.watch(socket, what) }
  return 0
}

/// libcurl leaves the closing to this callback.
private func socketCloses(_ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t) -> Int32 {
  if let context { Unmanaged<EventPoller>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.closed(socket) } }
  return close(socket)
}

private func timerChanged(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.setTimer(milliseconds: milliseconds) }
  return 0
}

extension Int64 {
  fileprivate func multipliedOrMax(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
