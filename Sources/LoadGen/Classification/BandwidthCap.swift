/// Lambda's cap on streamed responses: 6 MB at full speed, then a steady 2 MB/s. No failure, but
/// worth a note beside a slow stream.
///
/// One value a stream, told of each arrival. Bodies that never pass the burst cost a comparison a piece and nothing else.
struct BandwidthCap: Sendable {
  static let burstBytes: Int64 = 6 << 20
  static let name = "bandwidth_capped"
  /// Bytes after the burst below which a rate says nothing.
  private static let leastBytes: Int64 = 4 << 20
  /// Steadiness is looked at over pieces of this length: some pieces of a network's are longer than a few milliseconds.
  private static let windowBytes: Int64 = 2 << 20
  /// 2 MB/s is 2 MiB/s in the service's own constants; both, and some slack.
  private static let cappedRate = 1.8e6...2.3e6
  private static let windowRate = 1.6e6...2.6e6

  /// The next count of bytes at which something is looked at.
  private var mark = burstBytes
  private var burstAt: Int64 = 0
  private var markedAt: Int64 = 0
  private var markedBytes: Int64 = 0
  private var windows = 0
  private var steadyWindows = 0

  /// - Parameters:
  ///   - bytes: of the body so far, these included.
  ///   - now: nanoseconds of the monotonic clock.
  mutating func receive(bytes: Int64, now: Int64) {
    guard bytes >= mark else { return }
    if burstAt == 0 {
      burstAt = now
    } else {
      windows &+= 1
      if Self.rate(bytes &- markedBytes, now &- markedAt).map(Self.windowRate.contains) == true { steadyWindows &+= 1 }
    }
    markedAt = now
    markedBytes = bytes
    mark = bytes &+ Self.windowBytes
  }

  /// Whether the stream ran into the cap: fast, then at the capped rate, three quarters of the time at the least.
  func isCapped(bytes: Int64, firstByte: Int64, lastByte: Int64) -> Bool {
    guard burstAt != 0, bytes &- Self.burstBytes >= Self.leastBytes, steadyWindows &* 4 >= windows &* 3,
      let after = Self.rate(bytes &- Self.burstBytes, lastByte &- burstAt), Self.cappedRate.contains(after)
    else { return false }
    // A line that was as slow from the beginning is just a slow line.
    guard let before = Self.rate(Self.burstBytes, burstAt &- firstByte) else { return true }
    return before > 2 * after
  }

  /// Bytes a second; nil in no time.
  private static func rate(_ bytes: Int64, _ nanoseconds: Int64) -> Double? {
    nanoseconds > 0 ? Double(bytes) * 1e9 / Double(nanoseconds) : nil
  }

  /// For the report; nil when no stream was capped.
  static func note(streams: Int) -> String? {
    guard streams > 0 else { return nil }
    return
      "\(name): \(streams == 1 ? "1 stream" : "\(streams) streams") ran at a steady 2 MB/s after the first 6 MB, which is"
      + " Lambda's rate for streamed responses: no failure, and no fault of the code behind it"
  }
}
