/// The columns of the per-stream reports. Their order and names never change; new ones are added at the end.
///
/// Times are whole microseconds: `started_us` and its like since the run's start, the others as long as they lasted. A value
/// that does not exist is an empty field, or no key. CSV is RFC 4180 with LF for the end of a line, as every tool of a Unix
/// pipeline takes it.
enum StreamRow {
  static let columns: [StaticString] = [
    "stream", "lane", "target", "url", "planned_us", "started_us", "ended_us", "dns_us", "connect_us", "tls_us",
    "ttfh_us", "ttfb_us", "ttlb_us", "gap_max_us", "bytes_wire", "bytes_decoded", "expected_bytes", "gzip_members",
    "status", "protocol", "transport", "verdict", "validation", "result", "reason", "cause", "missed", "instance",
    "request_id", "instance_rss_bytes", "repeated_requests",
  ]

  static func header(into out: LineBuffer) {
    for (index, column) in columns.enumerated() {
      if index > 0 { out.byte(comma) }
      out.raw(column)
    }
    out.byte(newline)
  }

  static func csv(_ record: StreamRecord, into out: LineBuffer) {
    out.integer(record.stream)
    number(Int64(record.lane), after: comma, out)
    number(Int64(record.target), after: comma, out)
    text(record.url, after: comma, out)
    number(record.plannedAt, after: comma, out)
    number(record.startedAt, after: comma, out)
    number(record.endedAt, after: comma, out)
    number(record.dns, after: comma, out)
    number(record.connect, after: comma, out)
    number(record.tls, after: comma, out)
    number(record.ttfh, after: comma, out)
    number(record.ttfb, after: comma, out)
    number(record.ttlb, after: comma, out)
    number(record.gapMax, after: comma, out)
    csvResponse(record, out)
    out.byte(newline)
  }

  private static func csvResponse(_ record: StreamRecord, _ out: LineBuffer) {
    number(record.bytesWire, after: comma, out)
    number(record.bytesDecoded, after: comma, out)
    number(record.expectedBytes, after: comma, out)
    number(record.members.map { Int64($0) }, after: comma, out)
    number(Int64(record.status), after: comma, out)
    text(record.protocolName, after: comma, out)
    text(record.transport.rawValue, after: comma, out)
    text(record.verdict.rawValue, after: comma, out)
    text(record.treatment.rawValue, after: comma, out)
    text(record.result.rawValue, after: comma, out)
    text(record.reason, after: comma, out)
    text(record.cause?.rawValue, after: comma, out)
    text(record.missed.joined(separator: "; "), after: comma, out)
    text(record.instance, after: comma, out)
    text(record.requestID, after: comma, out)
    number(record.instanceRSS, after: comma, out)
    number(Int64(record.repeats), after: comma, out)
  }

  static func json(_ record: StreamRecord, into out: LineBuffer) {
    number("{\"stream\":", Int64(record.stream), out)
    number(",\"lane\":", Int64(record.lane), out)
    number(",\"target\":", Int64(record.target), out)
    text(",\"url\":", record.url, out)
    number(",\"planned_us\":", record.plannedAt, out)
    number(",\"started_us\":", record.startedAt, out)
    number(",\"ended_us\":", record.endedAt, out)
    number(",\"dns_us\":", record.dns, out)
    number(",\"connect_us\":", record.connect, out)
    number(",\"tls_us\":", record.tls, out)
    number(",\"ttfh_us\":", record.ttfh, out)
    number(",\"ttfb_us\":", record.ttfb, out)
    number(",\"ttlb_us\":", record.ttlb, out)
    number(",\"gap_max_us\":", record.gapMax, out)
    jsonResponse(record, out)
    out.byte(UInt8(ascii: "}"))
    out.byte(newline)
  }

  private static func jsonResponse(_ record: StreamRecord, _ out: LineBuffer) {
    number(",\"bytes_wire\":", record.bytesWire, out)
    number(",\"bytes_decoded\":", record.bytesDecoded, out)
    number(",\"expected_bytes\":", record.expectedBytes, out)
    number(",\"gzip_members\":", record.members.map { Int64($0) }, out)
    number(",\"status\":", Int64(record.status), out)
    text(",\"protocol\":", record.protocolName.isEmpty ? nil : record.protocolName, out)
    text(",\"transport\":", record.transport.rawValue, out)
    text(",\"verdict\":", record.verdict.rawValue, out)
    text(",\"validation\":", record.treatment.rawValue, out)
    text(",\"result\":", record.result.rawValue, out)
    text(",\"reason\":", record.reason.isEmpty ? nil : record.reason, out)
    text(",\"cause\":", record.cause?.rawValue, out)
    if !record.missed.isEmpty { text(",\"missed\":", record.missed.joined(separator: "; "), out) }
    text(",\"instance\":", record.instance, out)
    text(",\"request_id\":", record.requestID, out)
    number(",\"instance_rss_bytes\":", record.instanceRSS, out)
    number(",\"repeated_requests\":", Int64(record.repeats), out)
  }

  @inline(__always)
  private static func number(_ value: Int64?, after separator: UInt8, _ out: LineBuffer) {
    out.byte(separator)
    if let value { out.integer(value) }
  }

  @inline(__always)
  private static func text(_ value: String?, after separator: UInt8, _ out: LineBuffer) {
    out.byte(separator)
    if let value { out.csv(value) }
  }

  @inline(__always)
  private static func number(_ key: StaticString, _ value: Int64?, _ out: LineBuffer) {
    guard let value else { return }
    out.raw(key)
    out.integer(value)
  }

  @inline(__always)
  private static func text(_ key: StaticString, _ value: String?, _ out: LineBuffer) {
    guard let value else { return }
    out.raw(key)
    out.json(value)
  }

  private static let comma = UInt8(ascii: ",")
  private static let newline = UInt8(ascii: "\n")
}
