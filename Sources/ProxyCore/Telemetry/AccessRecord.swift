internal import NIOCore

/// One line of the access log, as values. `line` is the only place that knows the names of the fields.
///
/// - `ts` is when the stream ended, `total_ms` how long before that its request's head had come.
/// - `bytes_in` and `bytes_out` are data of the bodies that were relayed, without framing, so that `bytes_out` can be laid
///   beside `expected_length`; `wire_bytes_in` and `wire_bytes_out` are everything the client's connection brought and was
///   given for this stream, heads and framing included.
/// - `complete` says that the client's connection was given a whole response, be it the upstream's or an error of ours;
///   `cause` is null for a stream without fault.
/// - `status` is what the client was sent; 499 stands for a client that left before there was any.
struct AccessRecord {
  var milliseconds: UInt64
  var requestID: String
  var client: String
  var request: RequestSummary?
  var response: ResponseSummary?
  var end: StreamEnd
  var origin: String?
  var upstreamAddress: String?
  var bytesIn: Int64 = 0
  var bytesOut: Int64 = 0
  var wireIn: Int64 = 0
  var wireOut: Int64 = 0
  /// Of `bytesOut`, what went through a pipe and not through memory.
  var bytesSpliced: Int64 = 0
  /// Nil for a stream that was never meant for the upstream.
  var trace: StreamTrace?
  var total: TimeAmount
  var endedAt: NIODeadline
  var instance: String
  /// Of Lambda, whose logs have members of their own for it.
  var invocationID: String?

  func line() -> [UInt8] {
    var line = LogLine()
    if let invocationID { writeInvocation(invocationID, &line) }
    line.field("ts", Timestamp.text(milliseconds: milliseconds))
    writeRequest(&line)
    writeEnd(&line)
    writeUpstream(&line)
    writeTimes(&line)
    line.field("relay", response.map { _ in RelayPath(splicedBytes: bytesSpliced).label })
    line.field("spliced_bytes", bytesSpliced)
    line.field("peak_buffer_bytes", Int64(trace?.peakBuffer ?? 0))
    line.field("instance", instance)
    line.end()
    return line.bytes
  }

  /// What Lambda's JSON logs are searched by.
  private func writeInvocation(_ id: String, _ line: inout LogLine) {
    line.field("timestamp", Timestamp.text(milliseconds: milliseconds))
    line.field("level", end.isComplete && end.cause == nil ? "INFO" : "WARN")
    line.field("message", "\(end.outcome.label)\(end.cause.map { ": \($0.rawValue)" } ?? "")")
    line.field("requestId", id)
  }

  private func writeRequest(_ line: inout LogLine) {
    line.field("request_id", requestID)
    line.field("trace_id", request?.traceID)
    line.field("client", client)
    line.field("method", request?.method)
    line.field("host", request?.host)
    line.field("path", request?.path)
    line.field("client_protocol", request.map { Self.text($0.version) })
    line.field("upstream_protocol", response.map { Self.text($0.version) })
  }

  private func writeEnd(_ line: inout LogLine) {
    line.field("status", Int64(end.status))
    line.field("outcome", end.outcome.label)
    line.field("complete", end.isComplete)
    line.field("cause", end.cause?.rawValue)
    line.field("proxy_status", end.outcome == .clientAbort ? nil : end.cause?.token)
    line.field("termination", end.termination)
    line.field("bytes_in", bytesIn)
    line.field("bytes_out", bytesOut)
    line.field("wire_bytes_in", wireIn)
    line.field("wire_bytes_out", wireOut)
    line.field("expected_length", response?.expectedLength)
    line.field("content_encoding", response?.contentEncoding)
    line.field("etag_hash", response?.etagHash.map(FNV.hex))
  }

  private func writeUpstream(_ line: inout LogLine) {
    line.field("origin", origin)
    line.field("upstream_address", upstreamAddress)
    line.field("attempts", Int64(trace?.attempts ?? 0))
    line.field("reused", trace?.isReused)
  }

  private func writeTimes(_ line: inout LogLine) {
    line.field("dns_ms", trace?.opening?.resolution)
    line.field("connect_ms", trace?.isReused == true ? nil : trace?.connectTime(at: endedAt))
    line.field("tls_ms", trace?.opening?.handshake)
    line.field("ttfb_ms", trace?.timeToHead)
    line.field("total_ms", total)
    line.field("paused_client_ms", trace?.pausedTime(for: .client, at: endedAt))
    line.field("paused_upstream_ms", trace?.pausedTime(for: .upstream, at: endedAt))
  }

  private static func text(_ version: MessageHead.Version) -> String { version == .http10 ? "HTTP/1.0" : "HTTP/1.1" }
}
