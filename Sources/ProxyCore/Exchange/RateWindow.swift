internal import NIOCore

/// Finds a peer that moves, but too slowly: an average over a window of time, so that a peer that bursts and rests passes
/// and one that sends a byte now and then does not. Pure; looked at once a tick.
struct RateWindow: Sendable {
  private var start: NIODeadline?
  private var bytesAtStart: Int64 = 0

  /// Whether less than `rate` bytes a second went by in a whole window. A rate or window of zero never fails.
  ///
  /// - Parameters:
  ///   - total: bytes so far.
  ///   - waits: whether it was this peer that was waited for since the last look; time that is not its fault voids the window.
  mutating func isTooSlow(
    total: Int64, waits: Bool, rate: Int64, window: Duration, at now: NIODeadline
  ) -> Bool {
    guard rate > 0, window > .zero, waits, let start else {
      self.start = waits ? now : nil
      bytesAtStart = total
      return false
    }
    guard start.isOlder(than: window, at: now) else { return false }
    let seconds = Double((now - start).nanoseconds) / 1e9
    let isSlow = Double(total - bytesAtStart) < Double(rate) * seconds
    self.start = now
    bytesAtStart = total
    return isSlow
  }
}
