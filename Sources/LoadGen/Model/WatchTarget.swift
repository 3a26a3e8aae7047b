/// `--watch-pid` and `--watch-url`: who says what the target's memory is. At least one is given; the process's figure wins.
public struct WatchTarget: Sendable, Equatable {
  public var pid: Int32?
  /// Whole, with its path.
  public var url: String?

  public init(pid: Int32? = nil, url: String? = nil) {
    self.pid = pid
    self.url = url
  }
}
