/// Bytes a second over the last second or two: two marks, the older of which is the window's beginning.
struct RateWindow {
  static let length: Int64 = 1_000_000_000

  private var older: (time: Int64, bytes: Int64)
  private var newer: (time: Int64, bytes: Int64)
  private var began: Int64

  init(now: Int64) {
    older = (now, 0)
    newer = (now, 0)
    began = now
  }

  /// A stream begins, with `bytes` received before it. After a long one the window begins anew: the new stream's rate is
  /// not the old one's. Short ones are what the lane does in a second, so the window goes on.
  mutating func begin(now: Int64, bytes: Int64) {
    defer { began = now }
    guard now &- began >= Self.length else { return }
    older = (now, bytes)
    newer = older
  }

  /// `bytes` is everything ever received by the lane. 0 until a tenth of a second has passed.
  mutating func rate(now: Int64, bytes: Int64) -> Double {
    if now &- newer.time >= Self.length {
      older = newer
      newer = (now, bytes)
    }
    let span = now &- older.time
    guard span >= Self.length / 10 else { return 0 }
    return Double(max(0, bytes &- older.bytes)) / span.secondsFromNanoseconds
  }
}
