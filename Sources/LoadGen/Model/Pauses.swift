internal import ToolSupport

/// How long streams were kept waiting, and how many for too long. Times are from when the stream really began, also in an
/// open model: this is what the target did, not what the plan wanted.
public struct Pauses: Sendable, Equatable {
  /// The longest wait of a kind, and whose it was.
  public struct Worst: Sendable, Equatable {
    /// Number of the stream in the run, from 1.
    public var stream: Int
    public var nanoseconds: Int64

    public init(stream: Int, nanoseconds: Int64) {
      self.stream = stream
      self.nanoseconds = nanoseconds
    }

    public var seconds: Double { Double(nanoseconds) / 1e9 }
  }

  /// Ended streams whose first byte came later than `PauseLimits.slowStart`, or not at all in a longer time.
  public var slowStarts = 0
  /// Ended streams that were silent inside a body for longer than `PauseLimits.silentGap`, before their end included.
  public var silentGaps = 0
  /// Ended streams that were given up after `--stall-timeout`.
  public var stalled = 0

  /// Of all ended streams, beyond a limit or not.
  public var worstStart: Worst?
  public var worstGap: Worst?
  /// Of the stalled ones.
  public var worstStall: Worst?

  public init() {}

  /// Counts one ended stream.
  mutating func count(_ wait: StreamWait, stream: Int, limits: PauseLimits) {
    if let start = wait.start {
      if start > limits.slowStart.nanoseconds { slowStarts &+= 1 }
      Self.keep(Worst(stream: stream, nanoseconds: start), in: &worstStart)
    }
    if let gap = wait.gap {
      if gap > limits.silentGap.nanoseconds { silentGaps &+= 1 }
      Self.keep(Worst(stream: stream, nanoseconds: gap), in: &worstGap)
    }
    if let stall = wait.stall {
      stalled &+= 1
      Self.keep(Worst(stream: stream, nanoseconds: stall), in: &worstStall)
    }
  }

  mutating func add(_ other: Pauses) {
    slowStarts &+= other.slowStarts
    silentGaps &+= other.silentGaps
    stalled &+= other.stalled
    Self.keep(other.worstStart, in: &worstStart)
    Self.keep(other.worstGap, in: &worstGap)
    Self.keep(other.worstStall, in: &worstStall)
  }

  /// The longer one; of two equal ones the earlier stream's, so that a sum does not depend on its order.
  private static func keep(_ new: Worst?, in kept: inout Worst?) {
    guard let new else { return }
    guard let old = kept else { return kept = new }
    if (new.nanoseconds, old.stream) > (old.nanoseconds, new.stream) { kept = new }
  }
}
