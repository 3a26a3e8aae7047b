#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the tester's own process has used, from getrusage.
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
    return ProcessUse(cpuSeconds: cpu, rssPeakBytes: Int64(usage.ru_maxrss) &* unit)
  }

  /// Cores that are there, at least 1.
  static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
