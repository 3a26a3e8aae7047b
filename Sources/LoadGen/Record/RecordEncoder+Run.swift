// The events that tell of the whole run, and the first line.
extension RecordEncoder {
  func header(_ header: RecordHeader, into out: LineBuffer) {
    out.raw("{\"schema\":\"")
    out.plain(RecordHeader.schemaName)
    out.byte(UInt8(ascii: "\""))
    string(",\"tool\":", header.tool, out)
    string(",\"started_at\":", header.startedAt, out)
    out.raw(",\"targets\":")
    list(header.targets, out)
    string(",\"method\":", header.method, out)
    string(",\"validate\":", header.validate, out)
    number(",\"concurrency\":", Int64(header.concurrency), out)
    number(",\"streams\":", header.streams.map { Int64($0) }, out)
    number(",\"duration_us\":", header.duration, out)
    if let embedded = header.embedded { string(",\"embedded\":", embedded, out) }
    if !header.correctsLatency { out.raw(",\"corrects_latency\":false") }
    if header.expectedStatuses != Expectations().statuses {
      out.raw(",\"expect_status\":")
      list(header.expectedStatuses.map(StatusList.text), out)
    }
    out.raw("}\n")
  }

  func sample(_ sample: RecordSample, _ out: LineBuffer) {
    name(",\"phase\":\"", sample.phase.rawValue, out)
    number(",\"lanes\":", Int64(sample.concurrency), out)
    number(",\"active\":", Int64(sample.active), out)
    counters(sample.counters, out)
    memory(sample.memory, out)
    out.raw(",\"client\":{\"cpu\":")
    out.number(sample.client.cpuSeconds)
    out.raw(",\"busy\":")
    out.number(sample.client.busyFraction)
    out.raw(",\"now\":")
    out.number(sample.client.busyNow)
    number(",\"rss_peak\":", sample.client.rssPeakBytes, out)
    number(",\"threads\":", Int64(sample.client.threads), out)
    out.byte(UInt8(ascii: "}"))
  }

  func final(_ final: RecordFinal, _ out: LineBuffer) {
    open("final", final.sample.at, out)
    sample(final.sample, out)
    out.raw(",\"interrupted\":")
    out.plain(final.interrupted ? "true" : "false")
    out.raw(",\"thresholds\":[")
    for (index, threshold) in final.thresholds.enumerated() {
      out.raw(index > 0 ? ",{\"expression\":" : "{\"expression\":")
      out.json(threshold.expression)
      if let value = threshold.value {
        out.raw(",\"value\":")
        out.number(value)
      }
      out.raw(",\"passed\":")
      out.plain(threshold.passed ? "true}" : "false}")
    }
    out.raw("],\"notes\":")
    list(final.notes, out)
  }

  func evidence(_ at: Int64, _ evidence: Evidence, _ out: LineBuffer) {
    open("evidence", at, out)
    number(",\"s\":", Int64(evidence.stream), out)
    number(",\"l\":", evidence.lane.map { Int64($0) }, out)
    string(",\"u\":", evidence.url, out)
    string(",\"y\":", evidence.outcome, out)
    if let cause = evidence.cause { name(",\"ca\":\"", cause.rawValue, out) }
    if evidence.status != 0 { number(",\"st\":", Int64(evidence.status), out) }
    out.raw(",\"headers\":[")
    for (index, field) in evidence.headers.enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      list([field.name, HeaderText.isSecret(field.name) ? "***" : field.value], out)
    }
    out.byte(UInt8(ascii: "]"))
    name(",\"head\":\"", ByteText.hexadecimal(evidence.bodyHead), out)
    name(",\"tail\":\"", ByteText.hexadecimal(evidence.bodyTail), out)
    string(",\"advice\":", evidence.advice, out)
  }

  func lanes(_ at: Int64, _ lanes: [LaneSnapshot], _ out: LineBuffer) {
    open("lanes", at, out)
    out.raw(",\"lanes\":[")
    for (index, lane) in lanes.prefix(Self.laneLimit).enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      self.lane(lane, out)
    }
    out.byte(UInt8(ascii: "]"))
  }

  private func lane(_ lane: LaneSnapshot, _ out: LineBuffer) {
    out.raw("{\"l\":")
    out.integer(lane.lane)
    name(",\"a\":\"", lane.state.rawValue, out)
    number(",\"s\":", Int64(lane.stream), out)
    if lane.target != 0 { number(",\"g\":", Int64(lane.target), out) }
    number(",\"el\":", lane.elapsedSeconds.microseconds, out)
    if lane.status != 0 { number(",\"st\":", Int64(lane.status), out) }
    if lane.bytes != 0 { number(",\"n\":", lane.bytes, out) }
    number(",\"x\":", lane.expectedBytes, out)
    number(",\"fb\":", lane.ttfbSeconds?.microseconds, out)
    if let instance = lane.instance { string(",\"in\":", instance, out) }
    if let requestID = lane.requestID { string(",\"id\":", requestID, out) }
    if let verdict = lane.verdict { name(",\"v\":\"", verdict.rawValue, out) }
    if let transport = lane.transport { name(",\"tr\":\"", transport.rawValue, out) }
    if let result = lane.result, result != .ok { name(",\"r\":\"", result.rawValue, out) }
    if let verdict = lane.lastVerdict { name(",\"lv\":\"", verdict.rawValue, out) }
    if let cause = lane.lastCause { string(",\"lc\":", cause, out) }
    out.raw(",\"c\":[")
    for (index, count) in [lane.streams, lane.failed, lane.badGateways, lane.invalid].enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.integer(count)
    }
    out.raw("]}")
  }

  private func memory(_ memory: TargetMemory, _ out: LineBuffer) {
    out.raw(",\"memory\":{\"samples\":")
    out.integer(memory.sampleCount)
    if let source = memory.source { string(",\"source\":", source, out) }
    number(",\"rss\":", memory.rssBytes, out)
    number(",\"peak\":", memory.rssPeakBytes, out)
    if let age = memory.ageSeconds {
      out.raw(",\"age\":")
      out.number(age)
    }
    out.raw("},\"instances\":{")
    for (index, (name, instance)) in memory.instances.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.json(name)
      out.raw(":[")
      out.integer(instance.streams)
      number(",", instance.rssBytes, out)
      number(",", instance.rssPeakBytes, out)
      number(",", Int64(instance.failed), out)
      number(",", instance.ageSeconds.map(\.microseconds), out)
      out.byte(UInt8(ascii: "]"))
    }
    out.byte(UInt8(ascii: "}"))
    environments(memory, out)
  }

  private func environments(_ memory: TargetMemory, _ out: LineBuffer) {
    let environments = memory.environments
    guard !environments.isEmpty else { return }
    out.raw(",\"environments\":{")
    for (index, (id, _, environment)) in environments.enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.json(id)
      name(":{\"state\":\"", environment.state.rawValue, out)
      number(",\"pid\":", environment.pid.map { Int64($0) }, out)
      number(",\"limit\":", environment.memoryLimitBytes, out)
      number(",\"active\":", Int64(environment.activeInvocations), out)
      number(",\"max\":", Int64(environment.maximumInvocations), out)
      number(",\"invocations\":", Int64(environment.invocations), out)
      number(",\"failures\":", Int64(environment.failures), out)
      number(",\"restarts\":", Int64(environment.restarts), out)
      out.byte(UInt8(ascii: "}"))
    }
    out.byte(UInt8(ascii: "}"))
  }
}

// Counters.
extension RecordEncoder {
  fileprivate func counters(_ counters: Counters, _ out: LineBuffer) {
    out.raw(",\"counters\":{\"streams\":")
    out.integer(counters.streams)
    number(",\"ok\":", Int64(counters.ok), out)
    number(",\"failed\":", Int64(counters.failed), out)
    number(",\"cut\":", Int64(counters.cutByDeadline), out)
    number(",\"warm_up\":", Int64(counters.warmUpStreams), out)
    number(",\"late\":", Int64(counters.late), out)
    number(",\"dropped\":", Int64(counters.dropped), out)
    number(",\"repeated\":", Int64(counters.repeatedRequests), out)
    number(",\"wire\":", counters.bytesWire, out)
    number(",\"decoded\":", counters.bytesDecoded, out)
    map(",\"status\":", counters.status.map { (String($0.key), $0.value) }, out)
    map(",\"protocol\":", counters.protocols.map { ($0.key, $0.value) }, out)
    map(",\"transport\":", counters.transport.counted.map { ($0.key.rawValue, $0.count) }, out)
    map(",\"verdict\":", counters.verdicts.counted.map { ($0.key.rawValue, $0.count) }, out)
    map(",\"treatment\":", counters.treatments.counted.map { ($0.key.rawValue, $0.count) }, out)
    map(",\"missed\":", counters.missedExpectations.map { ($0.key, $0.value) }, out)
    out.raw(",\"cause\":{")
    for (index, (status, causes)) in counters.causes.sorted(by: { $0.key < $1.key }).enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.json(String(status))
      map(":", causes.counted.map { ($0.key.rawValue, $0.count) }, out)
    }
    out.raw("}}")
  }

  private func map(_ key: StaticString, _ pairs: [(String, Int)], _ out: LineBuffer) {
    out.raw(key)
    out.byte(UInt8(ascii: "{"))
    for (index, (name, count)) in pairs.sorted(by: { $0.0 < $1.0 }).enumerated() {
      if index > 0 { out.byte(UInt8(ascii: ",")) }
      out.json(name)
      out.byte(UInt8(ascii: ":"))
      out.integer(count)
    }
    out.byte(UInt8(ascii: "}"))
  }
}
