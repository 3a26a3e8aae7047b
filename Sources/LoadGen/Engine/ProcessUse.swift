#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the tester's own process has used, from getrusage; on Linux the peak from procfs, because `ru_maxrss` outlives
/// exec there and would show the peak of a larger parent.
struct ProcessUse: Sendable {
  var cpuSeconds: Double
  var rssPeakBytes: Int64

  static func now() -> ProcessUse {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(RUSAGE_SELF.rawValue, &usage)
      let unit: Int64 = 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      let unit: Int64 = 1
    #endif
    let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    return ProcessUse(cpuSeconds: cpu, rssPeakBytes: peakFromProcfs() ?? Int64(usage.ru_maxrss) &* unit)
  }

  private static func peakFromProcfs() -> Int64? {
    #if canImport(Glibc)
      let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return nil }
      defer { close(file) }
      let text = String(unsafeUninitializedCapacity: 8192) { max(0, read(file, $0.baseAddress, $0.count)) }
      return peak(status: text)
    #else
      return nil
    #endif
  }

  /// `VmHWM:    5120 kB` of /proc/PID/status (proc_pid_status(5)), in bytes.
  static func peak(status: String) -> Int64? {
    // As bytes: by characters it would be most of what a snapshot costs.
    for line in status.utf8.split(separator: 10) where line.starts(with: "VmHWM:".utf8) {
      let words = Substring(line).split { $0 == " " || $0 == "\t" }
      guard words.count == 3, words[2] == "kB", let kilobytes = Int64(words[1]) else { return nil }
      return kilobytes.multipliedReportingOverflow(by: 1024).overflow ? nil : kilobytes &* 1024
    }
    return nil
  }

  /// Cores that are there, at least 1.
  static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
