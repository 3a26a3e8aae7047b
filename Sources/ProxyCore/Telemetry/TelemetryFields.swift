internal import NIOCore

/// What the proxy says about itself on every response with `--telemetry`.
struct TelemetryFields: Sendable {
  var instance: String
  /// Nil where the system does not tell.
  var rssBytes: Int64?
  var active: Int

  func write(_ out: inout ByteBuffer) {
    HeadWriter.field(&out, "x-gzproxy-instance", instance)
    if let rssBytes { HeadWriter.field(&out, "x-gzproxy-rss-bytes", String(rssBytes)) }
    HeadWriter.field(&out, "x-gzproxy-active", String(active))
  }

  /// An upstream's own would be taken for ours.
  static func owns(_ kind: FieldKind) -> Bool {
    kind == .gzproxyInstance || kind == .gzproxyRSS || kind == .gzproxyActive
  }
}
