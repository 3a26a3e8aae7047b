internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the operating system says about this process.
enum ProcessUsage {
  /// Resident bytes now. Nil where the system does not tell.
  static func residentBytes() -> Int64? {
    #if canImport(Darwin)
      taskInfo().map { Int64(clamping: $0.resident_size) }
    #else
      // statm: size resident shared …, in pages.
      readSmallFile("/proc/self/statm").flatMap { text in
        let parts = text.split(separator: " ")
        guard parts.count > 1, let pages = Int64(parts[1]) else { return nil }
        return pages &* Int64(getpagesize())
      }
    #endif
  }

  /// The most that was ever resident.
  static func residentPeakBytes() -> Int64? {
    #if canImport(Darwin)
      taskInfo().map { Int64(clamping: $0.resident_size_max) }
    #else
      readSmallFile("/proc/self/status").flatMap { text in
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
        let digits = line.filter { $0.isASCII && $0.isNumber }
        return Int64(digits).map { $0 &* 1024 }
      }
    #endif
  }

  /// User and system time together.
  static func cpuSeconds() -> Double {
    var usage = rusage()
    #if canImport(Glibc)
      guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
    #else
      guard getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Nil where the system does not tell at once: counting thousands one by one would hold an event loop up.
  static func openDescriptors() -> Int64? {
    #if os(Linux)
      // Since Linux 6.2 the size of this folder is how many there are; before, it is 0.
      var facts = stat()
      guard stat("/proc/self/fd", &facts) == 0, facts.st_size > 0 else { return nil }
      return Int64(facts.st_size)
    #else
      let size = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, nil, 0)
      return size > 0 ? Int64(size) / Int64(MemoryLayout<proc_fdinfo>.size) : nil
    #endif
  }

  #if canImport(Darwin)
    private static func taskInfo() -> mach_task_basic_info? {
      var info = mach_task_basic_info()
      var count = mach_msg_type_number_t(MemoryLayout<mach_task_basic_info>.size / MemoryLayout<natural_t>.size)
      let status = withUnsafeMutablePointer(to: &info) { pointer in
        pointer.withMemoryRebound(to: integer_t.self, capacity: Int(count)) {
          task_info(mach_task_self_, task_flavor_t(MACH_TASK_BASIC_INFO), $0, &count)
        }
      }
      return status == KERN_SUCCESS ? info : nil
    }
  #endif

  /// At most 8 KiB, in one read: the kernel makes these files whole.
  static func readSmallFile(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 1) { space in
      let count = read(descriptor, space.baseAddress, space.count)
      guard count > 0 else { return nil }
      return String(decoding: UnsafeRawBufferPointer(space)[0..<count], as: UTF8.self)
    }
  }
}

/// The resident size, read at most every 100 ms however many ask.
final class ResidentSizeCache: Sendable {
  private struct State {
    var readAt: UInt64?
    var bytes: Int64?
  }
  private let state = Mutex(State())

  /// - Parameter now: monotonic nanoseconds.
  func bytes(now: UInt64, read: () -> Int64? = ProcessUsage.residentBytes) -> Int64? {
    state.withLock { state in
      if let readAt = state.readAt, now >= readAt, now - readAt < 100_000_000 { return state.bytes }
      state.readAt = now
      state.bytes = read()
      return state.bytes
    }
  }
}
