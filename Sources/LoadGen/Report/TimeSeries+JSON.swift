internal import ToolSupport

// The time series as the report has it: `{"interval_seconds": 1, "samples": [{…}]}`.

extension TimeSeries: Codable {
  private enum CodingKeys: String, CodingKey {
    case samples
    case intervalSeconds = "interval_seconds"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      intervalSeconds: try values.decode(Double.self, forKey: .intervalSeconds),
      samples: try values.decode([SeriesSample].self, forKey: .samples))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(intervalSeconds, forKey: .intervalSeconds)
    try values.encode(samples, forKey: .samples)
  }
}

extension SeriesSample: Codable {
  private enum CodingKeys: String, CodingKey {
    case seconds, streams, failed, active
    case atSeconds = "at_seconds"
    case bytesWire = "bytes_wire"
    case rssBytes = "rss_bytes"
    case clientBusy = "client_busy"
    case ttfb = "ttfb_buckets"
    case ttlb = "ttlb_buckets"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    atSeconds = try values.decode(Double.self, forKey: .atSeconds)
    seconds = try values.decode(Double.self, forKey: .seconds)
    bytesWire = try values.decode(Int64.self, forKey: .bytesWire)
    streams = try values.decode(Int.self, forKey: .streams)
    failed = try values.decode(Int.self, forKey: .failed)
    active = try values.decode(Int.self, forKey: .active)
    rssBytes = try values.decodeIfPresent(Int64.self, forKey: .rssBytes)
    clientBusy = try values.decode(Double.self, forKey: .clientBusy)
    ttfb = try Self.buckets(values, .ttfb)
    ttlb = try Self.buckets(values, .ttlb)
  }

  private static func buckets(
    _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> LatencyBuckets {
    guard let text = try values.decodeIfPresent(String.self, forKey: key) else { return LatencyBuckets() }
    guard let buckets = LatencyBuckets(text: text) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "not UPPER:COUNT UPPER:COUNT …")
    }
    return buckets
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Rounding.significant(atSeconds), forKey: .atSeconds)
    try values.encode(Rounding.significant(seconds), forKey: .seconds)
    try values.encode(bytesWire, forKey: .bytesWire)
    try values.encode(streams, forKey: .streams)
    try values.encode(failed, forKey: .failed)
    try values.encode(active, forKey: .active)
    try values.encodeIfPresent(rssBytes, forKey: .rssBytes)
    try values.encode(min(max(Rounding.significant(clientBusy), 0), 1), forKey: .clientBusy)
    if ttfb.total > 0 { try values.encode(ttfb.text, forKey: .ttfb) }
    if ttlb.total > 0 { try values.encode(ttlb.text, forKey: .ttlb) }
  }
}

extension LatencyBuckets {
  /// `0.0128:5 0.018102:2 inf:1`: the buckets that hold something, each by its upper end in seconds.
  var text: String {
    counts.indices.compactMap { counts[$0] > 0 ? "\(Self.upperEnd(of: $0)):\(counts[$0])" : nil }.joined(separator: " ")
  }

  /// Nil for what `text` does not write.
  init?(text: String) {
    self.init()
    for pair in text.split(separator: " ") {
      let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let count = Int64(parts[1]), count > 0, let bucket = Self.ends[String(parts[0])] else {
        return nil
      }
      let bound = bucket < Self.bounds.count ? Self.bounds[bucket] : (Self.bounds.last ?? 0) &+ 1
      record(bound, count: count)
    }
  }

  /// In seconds, as exactly as it is; `inf` for the last one.
  static func upperEnd(of bucket: Int) -> String {
    guard bucket < bounds.count else { return "inf" }
    let microseconds = Int(clamping: bounds[bucket])
    let fraction = HumanText.padded(microseconds % 1_000_000, 6)
    guard microseconds % 1_000_000 > 0 else { return String(microseconds / 1_000_000) }
    let lastDigit = fraction.lastIndex { $0 != "0" } ?? fraction.startIndex
    return "\(microseconds / 1_000_000).\(fraction[...lastDigit])"
  }

  private static let ends = Dictionary(
    (0...bounds.count).map { (upperEnd(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
}
