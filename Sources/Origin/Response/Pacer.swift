/// How many bytes may go out by when: a straight line from the first byte on, in steps of at most 50 ms.
///
/// Every step is reckoned from the start, so nothing drifts; a reader that was slow for a while is caught up with. Steps are
/// of whole bytes, so below 50 bytes a second they are longer than 20 ms, and below 20 bytes a second longer than 50 ms.
struct Pacer {
  private let bytesPerSecond: Int64
  private let step: Int64
  private let start: UInt64
  private var sent: Int64 = 0

  /// - Parameter start: nanoseconds of a steady clock, as all times here.
  init(bytesPerSecond: Int64, start: UInt64) {
    self.bytesPerSecond = max(1, bytesPerSecond)
    step = max(1, bytesPerSecond / 50)
    self.start = start
  }

  /// Bytes that may be sent now: 0, or a whole step or more. The first step is due at once.
  func allowance(at now: UInt64) -> Int64 {
    let elapsed = now > start ? now - start : 0
    // In two parts, since the product of a day and a tebibyte a second does not fit.
    let seconds = Int64(clamping: elapsed / 1_000_000_000)
    let rest = Double(elapsed % 1_000_000_000) / 1e9
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: bytesPerSecond)
    guard !overflow, whole < Int64.max / 2 else { return Int64.max / 2 }
    let free = whole + Int64(Double(bytesPerSecond) * rest) + step - sent
    return free >= step ? free : 0
  }

  mutating func didSend(_ count: Int64) { sent += count }

  /// When a whole step is due, seen from a moment when nothing is allowed.
  func nextStep() -> UInt64 {
    let seconds = Double(sent) / Double(bytesPerSecond)
    // A nanosecond more than the exact time: rounding down would wake up a byte too early.
    return start &+ UInt64(min(seconds * 1e9, 9e18).rounded(.up)) &+ 1
  }
}
