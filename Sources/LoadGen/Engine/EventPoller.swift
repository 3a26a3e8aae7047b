#if os(Linux)
  internal import CCurl
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a descriptor is watched for, or what was seen of it.
struct Readiness: OptionSet {
  let rawValue: UInt8
  static let read = Readiness(rawValue: 1)
  static let write = Readiness(rawValue: 2)
  /// Reported, never asked for.
  static let error = Readiness(rawValue: 4)
}

/// The kernel's readiness queue of one loop thread: epoll on Linux, kqueue on macOS, level-triggered on both.
///
/// Guarantees: `wait` brings at most `capacity` events, the rest at the next call. Used and freed on one thread. A wait is as
/// exact as its milliseconds, the alarm as exact as the kernel's timers.
///
/// libcurl forgets a connection's socket at the end of each request and asks for it again at the next: three system calls for a
/// request, an eighth of what a small one costs. So the sockets whose end is told here (`opened`, `closed`) stay in the queue when
/// they are forgotten, and leave it when something happens on one that nobody waits for. Costs 8 bytes for each descriptor number
/// up to the highest.
final class EventPoller {
  struct Event {
    var descriptor: Int32 = -1
    /// What `watch` was given: whom the descriptor belongs to.
    var tag: UInt32 = 0
    var readiness: Readiness = []
  }

  /// Events a call may return: enough to spread the call's cost, few enough that the clock stays fresh.
  static let capacity = 256

  /// Marks the alarm's event, which has no other meaning than to end a wait.
  static let alarmTag: UInt32 = .max - 1

  /// What the kernel knows of a descriptor, and what is wanted of it.
  private struct Watched {
    var tag: UInt32 = 0
    /// In the queue, for these.
    var registered: Readiness = []
    /// Nobody waits for it while this is empty.
    var wanted: Readiness = []
    /// `closed` is called before its number means another file.
    var isKept = false
  }

  private let queue: Int32
  /// By descriptor.
  private var watched: [Watched] = []
  /// When the alarm goes off, on the monotonic clock; `.max` is never.
  private var alarm: Int64 = .max
  #if os(Linux)
    /// A timerfd; -1 without an alarm.
    private let timer: Int32
    private let buffer = UnsafeMutablePointer<epoll_event>.allocate(capacity: capacity)
  #else
    private let buffer = UnsafeMutablePointer<kevent>.allocate(capacity: capacity)
  #endif

  /// Nil when the process has no descriptor left.
  init?(hasAlarm: Bool = false) {
    #if os(Linux)
      queue = ccurl_epoll_create()
      timer = hasAlarm ? ccurl_timer_create() : -1
      if queue < 0 || hasAlarm && timer < 0 { return nil }
      if hasAlarm { watch(timer, for: .read, tag: Self.alarmTag) }
    #else
      queue = kqueue()
      if queue < 0 { return nil }
      _ = fcntl(queue, F_SETFD, FD_CLOEXEC)
    #endif
  }

  deinit {
    #if os(Linux)
      if timer >= 0 { close(timer) }
    #endif
    if queue >= 0 { close(queue) }
    buffer.deallocate()
  }
}

extension EventPoller {
  /// A new socket, of which `closed` will tell.
  func opened(_ socket: Int32) {
    guard let place = place(of: socket) else { return }
    watched[place] = Watched(isKept: true)
  }

  /// This socket is about to be closed, and leaves the queue by that.
  func closed(_ socket: Int32) {
    guard let place = place(of: socket) else { return }
    watched[place] = Watched()
  }

  /// Starts watching, or changes what is watched for. A descriptor that was closed unheard and came back with the same
  /// number is registered anew.
  func watch(_ descriptor: Int32, for interest: Readiness, tag: UInt32) {
    guard let place = place(of: descriptor) else { return }
    let old = watched[place]
    watched[place].wanted = interest
    guard !old.isKept || old.registered != interest || old.tag != tag else { return }
    register(descriptor, interest, tag: tag, isThere: !old.registered.isEmpty)
    watched[place].registered = interest
    watched[place].tag = tag
  }

  /// Stops watching. A descriptor that is already closed left the queue by itself.
  func forget(_ descriptor: Int32) {
    guard let place = place(of: descriptor) else { return }
    watched[place].wanted = []
    if !watched[place].isKept { leave(place) }
  }

  /// Whether somebody waits for this event. Something happened to a socket that nobody waits for (its peer hung up, most
  /// likely): it is no longer watched, or it would be told again and again.
  func isWanted(_ event: Event) -> Bool {
    guard event.tag != Self.alarmTag, let place = place(of: event.descriptor) else { return true }
    guard watched[place].wanted.isEmpty else { return true }
    leave(place)
    return false
  }

  private func leave(_ place: Int) {
    watched[place].registered = []
    unregister(Int32(truncatingIfNeeded: place))
  }

  /// Nil for what is no descriptor.
  private func place(of descriptor: Int32) -> Int? {
    guard descriptor >= 0 else { return nil }
    let place = Int(descriptor)
    // The kernel hands out the lowest number that is free: no more than the process may have open.
    while watched.count <= place { watched.append(Watched()) }
    return place
  }
}

#if os(Linux)
  extension EventPoller {
    private func register(_ descriptor: Int32, _ interest: Readiness, tag: UInt32, isThere: Bool) {
      var events: UInt32 = 0
      if interest.contains(.read) { events |= EPOLLIN.rawValue }
      if interest.contains(.write) { events |= EPOLLOUT.rawValue }
      let (likely, other) = isThere ? (EPOLL_CTL_MOD, EPOLL_CTL_ADD) : (EPOLL_CTL_ADD, EPOLL_CTL_MOD)
      guard ccurl_epoll_control(queue, likely, descriptor, events, tag) != 0 else { return }
      if errno == ENOENT || errno == EEXIST { _ = ccurl_epoll_control(queue, other, descriptor, events, tag) }
    }

    private func unregister(_ descriptor: Int32) { _ = ccurl_epoll_control(queue, EPOLL_CTL_DEL, descriptor, 0, 0) }

    /// From this moment on no wait lasts. One that has gone off is quiet when it is set again. Ignored without an alarm.
    func setAlarm(_ time: Int64) {
      guard time != alarm, timer >= 0 else { return }
      alarm = time
      ccurl_timer_set(timer, time == .max ? 0 : max(1, time))
    }

    /// Waits up to `milliseconds` and calls `body` for each event. An interrupted wait is one without events.
    func wait(milliseconds: Int32, then body: (UnsafeBufferPointer<epoll_event>) -> Void) {
      let count = ccurl_epoll_wait(queue, buffer, Int32(Self.capacity), milliseconds)
      body(UnsafeBufferPointer(start: buffer, count: max(0, Int(count))))
    }

    static func event(_ raw: epoll_event) -> Event {
      var event = Event(
        descriptor: Int32(truncatingIfNeeded: raw.data.u64), tag: UInt32(truncatingIfNeeded: raw.data.u64 >> 32))
      if raw.events & EPOLLIN.rawValue != 0 { event.readiness.insert(.read) }
      if raw.events & EPOLLOUT.rawValue != 0 { event.readiness.insert(.write) }
      if raw.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { event.readiness.insert(.error) }
      return event
    }
  }
#else
  extension EventPoller {
    private func register(_ descriptor: Int32, _ interest: Readiness, tag: UInt32, isThere: Bool) {
      change(descriptor, EVFILT_READ, interest.contains(.read) ? EV_ADD : EV_DELETE, tag)
      change(descriptor, EVFILT_WRITE, interest.contains(.write) ? EV_ADD : EV_DELETE, tag)
    }

    private func unregister(_ descriptor: Int32) { register(descriptor, [], tag: 0, isThere: true) }

    /// Deleting a filter that is not there fails, and that is fine.
    private func change(_ descriptor: Int32, _ filter: Int32, _ action: Int32, _ tag: UInt32) {
      var event = kevent(
        ident: UInt(clamping: descriptor), filter: Int16(filter), flags: UInt16(action), fflags: 0, data: 0,
        udata: UnsafeMutableRawPointer(bitPattern: UInt(tag)))
      _ = kevent(queue, &event, 1, nil, 0, nil)
    }

    /// kevent's own limit is as exact as a timer.
    func setAlarm(_ time: Int64) { alarm = time }

    func wait(milliseconds: Int32, then body: (UnsafeBufferPointer<kevent>) -> Void) {
      let nanoseconds = min(Int64(milliseconds) * 1_000_000, max(0, alarm &- MonotonicClock.now()))
      var limit = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
      let count = kevent(queue, nil, 0, buffer, Int32(Self.capacity), &limit)
      body(UnsafeBufferPointer(start: buffer, count: max(0, Int(count))))
    }

    static func event(_ raw: kevent) -> Event {
      var event = Event(
        descriptor: Int32(truncatingIfNeeded: raw.ident), tag: UInt32(truncatingIfNeeded: UInt(bitPattern: raw.udata)))
      if Int32(raw.filter) == EVFILT_READ { event.readiness.insert(.read) }
      if Int32(raw.filter) == EVFILT_WRITE { event.readiness.insert(.write) }
      // The end of the stream is read like data; only an error without a filter's data is an error.
      if raw.flags & UInt16(EV_ERROR) != 0 { event.readiness.insert(.error) }
      return event
    }
  }
#endif
