internal import NIOCore

/// The bandwidth of one streamed response: a burst, then a refill in steps of 125 ms (AWS's open-source supervisor).
struct TokenBucket {
  static let step = TimeAmount.milliseconds(125)
  static let refill = (2 << 20) / 8

  private let capacity: Int
  private var tokens: Int
  private var steps: Int64 = 0
  private let start: NIODeadline

  init(burst: Int, now: NIODeadline) {
    capacity = burst
    tokens = burst
    start = now
  }

  /// False when fewer than `count` are there: then nothing is taken. More than the bucket holds is taken when it is full.
  mutating func take(_ count: Int, now: NIODeadline) -> Bool {
    let passed = (now - start).nanoseconds / Self.step.nanoseconds
    let missed = Int(clamping: max(0, passed - steps))
    steps = max(steps, passed)
    tokens = min(capacity, tokens + min(missed, capacity / Self.refill + 1) * Self.refill)
    guard tokens >= min(count, capacity) else { return false }
    tokens -= min(count, capacity)
    return true
  }

  /// When the next step is due.
  var nextStep: NIODeadline { start + .nanoseconds((steps + 1) * Self.step.nanoseconds) }
}
