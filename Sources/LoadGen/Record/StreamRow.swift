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
    var index = 0
    fields(record, number: { value in
      if index > 0 { out.byte(comma) }
      index &+= 1
      if let value { out.integer(value) }
    }, text: { text in
      if index > 0 { out.byte(comma) }
      index &+= 1
      if let text { out.csv(text) }
    })
    out.byte(newline)
  }

  static func json(_ record: StreamRecord, into out: LineBuffer) {
    var index = 0
    var isFirst = true
    func name() {
      out.byte(isFirst ? UInt8(ascii: "{") : comma)
      isFirst = false
      out.byte(quote)
      out.raw(columns[index])
      out.byte(quote)
      out.byte(UInt8(ascii: ":"))
    }
    fields(record, number: { value in
      defer { index &+= 1 }
      guard let value else { return }
      name()
      out.integer(value)
    }, text: { text in
      defer { index &+= 1 }
      guard let text else { return }
      name()
      out.json(text)
    })
    out.byte(UInt8(ascii: "}"))
    out.byte(newline)
  }

  /// In the order of `columns`.
  @inline(__always)
  private static func fields(_ record: StreamRecord, number: (Int64?) -> Void, text: (String?) -> Void) {
    number(Int64(record.stream))
    number(Int64(record.lane))
    number(Int64(record.target))
    text(record.url)
    number(record.plannedAt)
    number(record.startedAt)
    number(record.endedAt)
    number(record.dns)
    number(record.connect)
    number(record.tls)
    number(record.ttfh)
    number(record.ttfb)
    number(record.ttlb)
    number(record.gapMax)
    number(record.bytesWire)
    number(record.bytesDecoded)
    number(record.expectedBytes)
    number(record.members.map { Int64($0) })
    number(Int64(record.status))
    text(record.protocolName.isEmpty ? nil : record.protocolName)
    text(record.transport.rawValue)
    text(record.verdict.rawValue)
    text(record.treatment.rawValue)
    text(record.result.rawValue)
    text(record.reason.isEmpty ? nil : record.reason)
    text(record.cause?.rawValue)
    text(record.missed.isEmpty ? nil : record.missed.joined(separator: "; "))
    text(record.instance)
    text(record.requestID)
    number(record.instanceRSS)
    number(Int64(record.repeats))
  }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
}
