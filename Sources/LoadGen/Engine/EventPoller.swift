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
/// Guarantees: `wait` brings at most `capacity` events, the rest at the next call. Used and freed on one thread.
/// Setting what is already set costs a system call; libcurl only asks for changes. A wait is as exact as its milliseconds, the
/// alarm as exact as the kernel's timers.
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

  private let queue: Int32
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

#if os(Linux)
  extension EventPoller {
    /// Starts watching, or changes what is watched for. A descriptor that libcurl closed without saying so and that
    /// came back with the same number is registered anew.
    func watch(_ descriptor: Int32, for interest: Readiness, tag: UInt32) {
      var events: UInt32 = 0
      if interest.contains(.read) { events |= EPOLLIN.rawValue }
      if interest.contains(.write) { events |= EPOLLOUT.rawValue }
      if ccurl_epoll_control(queue, EPOLL_CTL_MOD, descriptor, events, tag) != 0, errno == ENOENT {
        _ = ccurl_epoll_control(queue, EPOLL_CTL_ADD, descriptor, events, tag)
      }
    }

    /// Stops watching. A descriptor that is already closed left the queue by itself.
    func forget(_ descriptor: Int32) { _ = ccurl_epoll_control(queue, EPOLL_CTL_DEL, descriptor, 0, 0) }

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
    func watch(_ descriptor: Int32, for interest: Readiness, tag: UInt32) {
      change(descriptor, EVFILT_READ, interest.contains(.read) ? EV_ADD : EV_DELETE, tag)
      change(descriptor, EVFILT_WRITE, interest.contains(.write) ? EV_ADD : EV_DELETE, tag)
    }

    func forget(_ descriptor: Int32) { watch(descriptor, for: [], tag: 0) }

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
