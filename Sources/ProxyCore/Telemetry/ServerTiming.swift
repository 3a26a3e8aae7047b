internal import NIOCore

/// `Server-Timing` with `--server-timing`: what the proxy took and what the origin did, until the response's head. It names
/// nothing inside, and stands beside an upstream's own line.
struct ServerTiming: Sendable {
  /// Everything but the origin: waiting for a connection above all.
  var proxy: TimeAmount
  /// Nil on the proxy's own answers.
  var origin: TimeAmount?

  /// - Parameter total: from the request's head until now.
  init(total: TimeAmount, origin: TimeAmount?) {
    self.origin = origin
    proxy = origin.map { max(.zero, total - $0) } ?? total
  }

  func write(_ out: inout ByteBuffer) {
    out.writeString("server-timing: proxy;dur=\(Milliseconds.text(proxy))")
    if let origin { out.writeString(", origin;dur=\(Milliseconds.text(origin))") }
    out.writeStaticString("\r\n")
  }
}
