/// Lambda's cap on streamed responses: 6 MB at full speed, then a steady 2 MB/s. No failure, but
/// worth a note beside a slow stream.
enum BandwidthCap {
  static let burstBytes: Int64 = 6 << 20
  static let note = "bandwidth_capped"
  /// Bytes after the burst below which a rate says nothing.
  private static let leastBytes: Int64 = 4 << 20
  /// 2 MB/s is 2 MiB/s in the service's own constants; both, and some slack.
  private static let cappedRate = 1.8e6...2.3e6

  /// Whether a stream ran into the cap. Times count from its first body byte; `burstSeconds` is when `burstBytes` had
  /// arrived, nil when they never had.
  static func isCapped(bytes: Int64, seconds: Double, burstSeconds: Double?) -> Bool {
    guard let burstSeconds, burstSeconds >= 0, seconds > burstSeconds, bytes - burstBytes >= leastBytes else {
      return false
    }
    let after = Double(bytes - burstBytes) / (seconds - burstSeconds)
    // A line that was as slow from the beginning is just a slow line.
    let isBurstFaster = Double(burstBytes) > 2 * after * burstSeconds
    return cappedRate.contains(after) && isBurstFaster
  }
}
