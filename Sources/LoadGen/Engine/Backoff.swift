/// How long a lane waits before its next stream, after streams that brought no response at all.
///
/// A target that refuses connections answers in microseconds; without a pause the tester would spin. The first wait is
/// 10 ms, each further one twice as long, at most 1 s; a response resets it. Where the plan has a number of streams the
/// run ends by itself, so a lane waits at most 2 s in all and then goes on at full speed: a run against a refused port
/// does not take minutes. Where nothing has answered after `hopelessTime` and `hopelessStreams` of a thread, the run gives up
/// altogether: it ends within seconds, whatever its `-n`.
struct Backoff {
  static let first: Int64 = 10_000_000
  static let longest: Int64 = 1_000_000_000
  static let budgetOfBoundedRun: Int64 = 2_000_000_000
  static let hopelessTime: Int64 = 5_000_000_000
  static let hopelessStreams = 1000
  /// Wake-ups for waiting lanes fall on multiples of this, so that ten thousand of them cost 100 looks a second.
  static let grid: Int64 = 10_000_000

  private var wait = Backoff.first
  /// Nil is no limit.
  private var budget: Int64?

  init(isBounded: Bool) { budget = isBounded ? Self.budgetOfBoundedRun : nil }

  mutating func responded() { wait = Self.first }

  /// Nanoseconds to wait now; 0 when the budget is spent.
  mutating func failed() -> Int64 {
    let delay = min(wait, budget ?? .max)
    wait = min(wait &* 2, Self.longest)
    if let left = budget { budget = left &- delay }
    return delay
  }
}
