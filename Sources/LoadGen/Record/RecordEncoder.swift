/// Writes events as lines of `gzload-events/1` (`Docs/record.md`): short names, and nothing that says only what is usual.
///
/// What is left out: an `ok` result, a `complete` transport, an `unchecked` verdict, treatment `off`, protocol `http/1.1`
/// of a response, target 0, zeros of bytes and status.
struct RecordEncoder {
  /// The most lanes that one `lanes` event shows.
  static let laneLimit = 16_384

  private let targets: [String]

  init(targets: [String]) { self.targets = targets }

  /// Appends one line.
  func encode(_ event: RecordEvent, into out: LineBuffer) {
    switch event {
    case .end(let record): end(record, out)
    case .begin(let begin): self.begin(begin, out)
    case .head(let head): self.head(head, out)
    case .firstByte(let at, let stream, let lane):
      open("first", at, out)
      out.raw(",\"s\":")
      out.integer(stream)
      out.raw(",\"l\":")
      out.integer(lane)
    case .progress(let progress): self.progress(progress, out)
    case .evidence(let at, let evidence): self.evidence(at, evidence, out)
    case .sample(let sample):
      open("sample", sample.at, out)
      self.sample(sample, out)
    case .lanes(let at, let lanes): self.lanes(at, lanes, out)
    case .notice(let at, let text):
      open("notice", at, out)
      string(",\"text\":", text, out)
    case .reset(let at): open("reset", at, out)
    case .gap(let gap):
      open("gap", gap.at, out)
      number(",\"ends\":", gap.ends.map { Int64($0) }, out)
      number(",\"events\":", Int64(gap.events), out)
    case .limit(let at, let bytes):
      open("limit", at, out)
      number(",\"bytes\":", bytes, out)
    case .final(let final): self.final(final, out)
    }
    out.raw("}\n")
  }

  private func begin(_ begin: StreamBegin, _ out: LineBuffer) {
    open("begin", begin.at, out)
    identity(begin.stream, begin.lane, begin.target, out)
    number(",\"p\":", begin.plannedAt, out)
    if let url = begin.url { string(",\"u\":", url, out) }
    if begin.isWarmUp { out.raw(",\"w\":1") }
  }

  private func head(_ head: StreamHead, _ out: LineBuffer) {
    open("head", head.at, out)
    out.raw(",\"s\":")
    out.integer(head.stream)
    out.raw(",\"l\":")
    out.integer(head.lane)
    response(head.status, head.protocolName, head.expectedBytes, out)
    sender(head.instance, head.requestID, nil, out)
  }

  private func progress(_ progress: StreamProgress, _ out: LineBuffer) {
    open("bytes", progress.at, out)
    out.raw(",\"b\":[")
    for (index, entry) in progress.entries.enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.integer(entry.lane)
      out.byte(UInt8(ascii: ","))
      out.integer(entry.bytes)
      out.byte(UInt8(ascii: ","))
      out.integer(entry.longestGap)
    }
    out.byte(UInt8(ascii: "]"))
  }

  private func end(_ record: StreamRecord, _ out: LineBuffer) {
    open("end", record.endedAt, out)
    identity(record.stream, record.lane, record.target, out)
    number(",\"b\":", record.startedAt, out)
    number(",\"p\":", record.plannedAt, out)
    if !targets.indices.contains(record.target) || targets[record.target] != record.url {
      string(",\"u\":", record.url, out)
    }
    if record.isWarmUp { out.raw(",\"w\":1") }
    response(record.status, record.protocolName, record.expectedBytes, out)
    judgement(record, out)
    if record.bytesWire != 0 { number(",\"n\":", record.bytesWire, out) }
    if record.bytesDecoded != 0 { number(",\"m\":", record.bytesDecoded, out) }
    number(",\"gm\":", record.members.map { Int64($0) }, out)
    number(",\"dn\":", record.dns, out)
    number(",\"co\":", record.connect, out)
    number(",\"tl\":", record.tls, out)
    number(",\"fh\":", record.ttfh, out)
    number(",\"fb\":", record.ttfb, out)
    number(",\"lb\":", record.ttlb, out)
    number(",\"gp\":", record.gapMax, out)
    sender(record.instance, record.requestID, record.instanceRSS, out)
  }

  private func judgement(_ record: StreamRecord, _ out: LineBuffer) {
    if record.result != .ok { name(",\"r\":\"", record.result.rawValue, out) }
    if record.transport != .complete { name(",\"tr\":\"", record.transport.rawValue, out) }
    if record.verdict != .unchecked { name(",\"v\":\"", record.verdict.rawValue, out) }
    if record.treatment != .off { name(",\"k\":\"", record.treatment.rawValue, out) }
    if !record.reason.isEmpty { string(",\"y\":", record.reason, out) }
    if let cause = record.cause { name(",\"ca\":\"", cause.rawValue, out) }
    if !record.missed.isEmpty {
      out.raw(",\"mi\":")
      list(record.missed, out)
    }
    if record.repeats != 0 { number(",\"rq\":", Int64(record.repeats), out) }
  }

  private func identity(_ stream: Int, _ lane: Int, _ target: Int, _ out: LineBuffer) {
    out.raw(",\"s\":")
    out.integer(stream)
    out.raw(",\"l\":")
    out.integer(lane)
    if target != 0 { number(",\"g\":", Int64(target), out) }
  }

  private func response(_ status: Int, _ protocolName: String, _ expected: Int64?, _ out: LineBuffer) {
    if status != 0 {
      number(",\"st\":", Int64(status), out)
      if protocolName != "http/1.1" { string(",\"pr\":", protocolName, out) }
    }
    number(",\"x\":", expected, out)
  }

  private func sender(_ instance: String?, _ requestID: String?, _ rss: Int64?, _ out: LineBuffer) {
    if let instance { string(",\"in\":", instance, out) }
    if let requestID { string(",\"id\":", requestID, out) }
    number(",\"rs\":", rss, out)
  }
}

// Small pieces that every kind of event is made of.
extension RecordEncoder {
  @inline(__always)
  func open(_ kind: StaticString, _ at: Int64, _ out: LineBuffer) {
    out.raw("{\"e\":\"")
    out.raw(kind)
    out.raw("\",\"t\":")
    out.integer(at)
  }

  /// Nothing for nil.
  @inline(__always)
  func number(_ key: StaticString, _ value: Int64?, _ out: LineBuffer) {
    guard let value else { return }
    out.raw(key)
    out.integer(value)
  }

  @inline(__always)
  func string(_ key: StaticString, _ value: String, _ out: LineBuffer) {
    out.raw(key)
    out.json(value)
  }

  /// A name of our own; the key ends with the opening quote.
  @inline(__always)
  func name(_ key: StaticString, _ value: String, _ out: LineBuffer) {
    out.raw(key)
    out.plain(value)
    out.byte(UInt8(ascii: "\""))
  }

  func list(_ values: [String], _ out: LineBuffer) {
    out.byte(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.json(value)
    }
    out.byte(UInt8(ascii: "]"))
  }
}
