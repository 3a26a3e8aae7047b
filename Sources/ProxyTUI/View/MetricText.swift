internal import LoadGen

/// What one of the distributions is called, and its values.
extension Distributions.Metric {
  var meaning: String {
    switch self {
    case .ttfh: "response head"
    case .ttfb: "first byte"
    case .ttlb: "last byte"
    case .gapMax: "longest silence in a body"
    case .dns: "name lookup"
    case .connect: "TCP connect"
    case .tls: "TLS handshake"
    case .throughput: "bytes a second of a stream"
    }
  }

  var hasHeat: Bool { HeatMap.metrics.contains(self) }

  /// At most seven characters.
  func text(_ value: Int64) -> String {
    self == .throughput ? FieldText.rate(Double(value)) : FieldText.time(Double(max(0, value)) / 1e6)
  }

  func text(_ value: Double) -> String { text(Int64(exactly: min(max(0, value), 9e18).rounded()) ?? 0) }
}
