#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The clock that every time of a run is read from: nanoseconds that never go back. One reading costs a few tens of
/// nanoseconds and no system call.
enum MonotonicClock {
  static func now() -> Int64 { read(CLOCK_MONOTONIC) }

  /// Seconds since 1970, for the report's date alone.
  static func wallSeconds() -> Double { Double(read(CLOCK_REALTIME)) / 1e9 }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension Int64 {
  /// Nanoseconds to seconds.
  var secondsFromNanoseconds: Double { Double(self) / 1e9 }
}

extension FixedWidthInteger {
  /// The sum, or the largest number: a deadline far away stays far away.
  func saturatingAdd(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
