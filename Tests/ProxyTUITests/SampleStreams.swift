import LoadGen

/// Opened streams made by hand, the same every time.
enum SampleStreams {
  static let url = "http://127.0.0.1:8080/gzip/8MiB"

  /// Half of a body has come, over a connection of its own, in bursts.
  static var running: StreamDetail {
    var detail = StreamDetail(record: record(), isRunning: true)
    detail.record.bytesWire = 5 << 20
    detail.record.bytesDecoded = 20 << 20
    detail.record.endedAt = detail.record.startedAt + 1_480_000
    (detail.record.ttlb, detail.record.members) = (nil, nil)
    detail.memberBytes = [1_310_720, 1_310_720, 1_310_720]
    detail.arrivals = strip(until: 1_480_000, every: 16_000, silence: 700_000..<930_000)
    return known(detail)
  }

  /// Over a connection that was there already.
  static var valid: StreamDetail {
    var detail = StreamDetail(record: record(), isRunning: false)
    (detail.record.dns, detail.record.connect) = (nil, nil)
    (detail.record.ttfh, detail.record.ttfb) = (2_300, 2_450)
    detail.record.ttlb = 612_000
    detail.record.endedAt = detail.record.startedAt + 612_000
    (detail.record.gapMax, detail.longestGapAt) = (4_100, 388_000)
    detail.record.verdict = .valid
    detail.record.treatment = .compared
    detail.record.members = 6
    detail.memberBytes = Array(repeating: 1_310_720, count: 6)
    detail.arrivals = strip(until: 612_000, every: 2_000, silence: 0..<2_450)
    detail = known(detail)
    detail.longestGapAt = 388_000
    return detail
  }

  /// The connection ended inside the body, after a long silence.
  static var cut: StreamDetail {
    var detail = StreamDetail(record: failed("cut"), isRunning: false)
    detail.record.transport = .cut
    detail.record.verdict = .truncated
    detail.record.treatment = .full
    detail.record.members = 3
    detail.record.bytesWire = 5 << 20
    detail.record.bytesDecoded = 20 << 20
    detail.memberBytes = [1_310_720, 1_310_720, 1_310_720]
    detail.arrivals = strip(until: 5_900_000, every: 40_000, silence: 4_500_000..<5_730_000)
    detail.record.endedAt = detail.record.startedAt + 5_930_000
    detail.explanation = "transfer closed with 3145728 bytes remaining to read"
    detail.advice =
      "the connection ended inside the body although its length was declared: the sender died, gave up, or somebody "
      + "between cut it; compare the time with idle timeouts on the way, and see the origin's and the proxy's log"
    detail = known(detail)
    (detail.record.gapMax, detail.longestGapAt) = (1_230_000, 4_500_000)
    return detail
  }

  /// gzproxy refused an answer with both framings.
  static var badGateway: StreamDetail {
    var detail = StreamDetail(record: failed("status 502"), isRunning: false)
    detail.record.cause = .lengthAndChunked
    detail.record.status = 502
    (detail.record.ttfb, detail.record.ttlb) = (46_100, 46_200)
    detail.record.gapMax = 0
    detail.record.endedAt = detail.record.startedAt + 46_200
    detail.record.bytesWire = Int64(Sample.evidence.bodyHead.count)
    detail.record.bytesDecoded = 0
    detail.record.expectedBytes = detail.record.bytesWire
    detail.advice = Sample.evidence.advice
    var strip = ArrivalStrip()
    strip.add(detail.record.bytesWire, at: 46_100)
    detail.arrivals = strip
    detail = known(detail)
    detail.longestGapAt = nil
    var head = ResponseHead(status: 502, fields: [])
    head.fields =
      Sample.evidence.headers + [
        ResponseHead.Field(name: "content-length", value: "57"),
        ResponseHead.Field(name: "x-gzproxy-instance", value: "i-1"),
        ResponseHead.Field(name: "x-request-id", value: detail.record.requestID ?? ""),
      ]
    detail.response = head
    detail.bodyHead = Sample.evidence.bodyHead
    detail.bodyTail = Array(Sample.evidence.bodyHead.suffix(16))
    return detail
  }

  /// As a record knows one that failed and of which no proof was kept.
  static var withoutHeads: StreamDetail {
    var detail = StreamDetail(record: failed("reset"), isRunning: false)
    detail.record.transport = .reset
    detail.record.verdict = .truncated
    detail.record.treatment = .frame
    detail.record.bytesWire = 1_234_567
    detail.record.bytesDecoded = 0
    detail.record.expectedBytes = nil
    detail.record.endedAt = detail.record.startedAt + 812_000
    detail.advice = "the peer reset the connection inside the body; see its log, and whether it was restarted"
    return detail
  }

  static let all: [(title: String, detail: StreamDetail?)] = [
    ("running", running), ("valid", valid), ("cut in the body", cut), ("502 from gzproxy", badGateway),
    ("from a record, without heads", withoutHeads), ("nothing known yet", nil),
  ]

  // MARK: - Parts

  private static func record() -> StreamRecord {
    var record = StreamRecord()
    (record.stream, record.lane, record.url) = (1233, 5, url)
    record.startedAt = 11_020_000
    record.endedAt = 12_500_000
    (record.dns, record.connect) = (120, 310)
    (record.ttfh, record.ttfb, record.ttlb) = (45_000, 46_100, nil)
    record.gapMax = 230_000
    record.bytesWire = 8 << 20
    record.bytesDecoded = 32 << 20
    record.expectedBytes = 8 << 20
    record.status = 200
    record.protocolName = "http/1.1"
    record.instance = "i-1"
    record.requestID = "5f0c2a9e-0000-4000-8000-200000001233"
    record.instanceRSS = 12_345_678
    return record
  }

  private static func failed(_ reason: String) -> StreamRecord {
    var record = record()
    record.result = .failed
    record.reason = reason
    return record
  }

  /// With the heads and the bytes of a gzip response.
  private static func known(_ detail: StreamDetail) -> StreamDetail {
    var detail = detail
    detail.requestLine = "GET /gzip/8MiB"
    detail.requestFields = [
      ResponseHead.Field(name: "Host", value: "127.0.0.1:8080"),
      ResponseHead.Field(name: "Accept-Encoding", value: "gzip"),
      ResponseHead.Field(name: "User-Agent", value: "gzload/1.0"),
      ResponseHead.Field(name: "Authorization", value: "***"),
    ]
    var head = ResponseHead(
      status: 200,
      fields: [
        ("content-type", "text/plain; charset=utf-8"), ("content-encoding", "gzip"), ("content-length", "8388608"),
        ("x-gzproxy-instance", "i-1"), ("x-gzproxy-rss-bytes", "12345678"),
        ("x-request-id", "5f0c2a9e-0000-4000-8000-200000001233"),
        ("via", "1.1 gzproxy"),
      ])
    head.version = "1.1"
    detail.response = head
    detail.longestGapAt = detail.isRunning ? 700_000 : nil
    detail.bodyHead =
      [0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0x03] + (0..<54).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
    detail.bodyTail = (0..<16).map { UInt8(truncatingIfNeeded: 0xa0 &+ $0 * 13) }
    return detail
  }

  /// Chunks of uneven size at an even pace, none in the silence.
  private static func strip(until end: Int64, every step: Int64, silence: Range<Int64>) -> ArrivalStrip {
    var strip = ArrivalStrip()
    for (number, time) in stride(from: 46_100 as Int64, through: end, by: Int64.Stride(step)).enumerated()
    where !silence.contains(time) {
      strip.add(Int64(20_000 + number * 7_919 % 60_000), at: time)
    }
    return strip
  }
}
