internal import ToolSupport

// The events that tell of the whole run, and the first line.
extension RecordDecoder {
  /// Nil for a line that is no header of this schema.
  static func header(_ line: UnsafeRawBufferPointer) -> (schema: String?, header: RecordHeader?) {
    var header = RecordHeader(tool: "", startedAt: "", targets: [])
    var schema: String?
    do {
      try members(line) { (name, scanner) throws(Fault) in
        switch name {
        case "schema": schema = try scanner.string()
        case "tool": header.tool = try scanner.string()
        case "started_at": header.startedAt = try scanner.string()
        case "targets": header.targets = try scanner.strings()
        case "method": header.method = try scanner.string()
        case "validate": header.validate = try scanner.string()
        case "concurrency": header.concurrency = try scanner.count()
        case "streams": header.streams = try scanner.count()
        case "duration_us": header.duration = try scanner.integer()
        case "embedded": header.embedded = try scanner.string()
        case "corrects_latency": header.correctsLatency = try scanner.boolean()
        case "expect_status":
          // What cannot be read is as if nothing had been said.
          let text = try scanner.strings().joined(separator: ",")
          header.expectedStatuses = (try? StatusList.parse(text)) ?? header.expectedStatuses
        default: try scanner.skip()
        }
      }
    } catch {
      return (schema, nil)
    }
    return (schema, schema == RecordHeader.schemaName ? header : nil)
  }

  func runEvent(_ kind: String, _ line: UnsafeRawBufferPointer) throws(Fault) -> Line {
    switch kind {
    case "sample": return .event(.sample(try final(line).sample))
    case "final": return .event(.final(try final(line)))
    case "evidence": return .event(try evidence(line))
    case "lanes": return .event(try lanes(line))
    case "gap": return .event(.gap(try gap(line)))
    case "notice", "limit", "reset": return .event(try remark(kind, line))
    default:
      try Self.members(line) { (_, scanner) throws(Fault) in try scanner.skip() }
      return .unknown
    }
  }

  private func gap(_ line: UnsafeRawBufferPointer) throws(Fault) -> RecordGap {
    var gap = RecordGap(at: 0, ends: nil, events: 0)
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": gap.at = try scanner.integer()
      case "ends": gap.ends = try scanner.count()
      case "events": gap.events = try scanner.count()
      default: try scanner.skip()
      }
    }
    return gap
  }

  private func remark(_ kind: String, _ line: UnsafeRawBufferPointer) throws(Fault) -> RecordEvent {
    var (at, bytes, text): (Int64, Int64, String) = (0, 0, "")
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": at = try scanner.integer()
      case "bytes": bytes = try scanner.integer()
      case "text": text = try scanner.string()
      default: try scanner.skip()
      }
    }
    return switch kind {
    case "notice": .notice(at: at, text)
    case "reset": .reset(at: at)
    default: .limit(at: at, bytes: bytes)
    }
  }

  private func final(_ line: UnsafeRawBufferPointer) throws(Fault) -> RecordFinal {
    var final = RecordFinal(sample: RecordSample(at: 0), interrupted: false, thresholds: [], notes: [])
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": final.sample.at = try scanner.integer()
      case "phase": final.sample.phase = try scanner.named(Snapshot.Phase.self)
      case "lanes": final.sample.concurrency = try scanner.count()
      case "active": final.sample.active = try scanner.count()
      case "counters": final.sample.counters = try scanner.counters()
      case "memory": try scanner.memory(&final.sample.memory)
      case "instances": try scanner.instances(&final.sample.memory)
      case "environments": try scanner.environments(&final.sample.memory)
      case "client": final.sample.client = try scanner.client()
      case "interrupted": final.interrupted = try scanner.boolean()
      case "thresholds":
        try scanner.array { (scanner) throws(Fault) in final.thresholds.append(try scanner.condition()) }
      case "notes": final.notes = try scanner.strings()
      default: try scanner.skip()
      }
    }
    return final
  }

  private func evidence(_ line: UnsafeRawBufferPointer) throws(Fault) -> RecordEvent {
    var at: Int64 = 0
    var evidence = Evidence(
      stream: 0, url: "", outcome: "", cause: nil, status: 0, headers: [], bodyHead: [], bodyTail: [], advice: "")
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": at = try scanner.integer()
      case "s": evidence.stream = try scanner.count()
      case "l": evidence.lane = try scanner.count()
      case "u": evidence.url = try scanner.string()
      case "y": evidence.outcome = try scanner.string()
      case "ca": evidence.cause = try scanner.named(FailureCause.self)
      case "st": evidence.status = try scanner.count()
      case "headers":
        try scanner.array { (scanner) throws(Fault) in
          let field = try scanner.strings()
          guard field.count == 2 else { throw Fault() }
          evidence.headers.append(ResponseHead.Field(name: field[0], value: field[1]))
        }
      case "head": evidence.bodyHead = try scanner.hexadecimalBytes()
      case "tail": evidence.bodyTail = try scanner.hexadecimalBytes()
      case "advice": evidence.advice = try scanner.string()
      default: try scanner.skip()
      }
    }
    return .evidence(at: at, evidence)
  }

  private func lanes(_ line: UnsafeRawBufferPointer) throws(Fault) -> RecordEvent {
    var at: Int64 = 0
    var lanes: [LaneSnapshot] = []
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": at = try scanner.integer()
      case "lanes":
        try scanner.array { (scanner) throws(Fault) in
          guard lanes.count < RecordEncoder.laneLimit else { return try scanner.skip() }
          lanes.append(try scanner.lane())
        }
      default: try scanner.skip()
      }
    }
    return .lanes(at: at, lanes)
  }
}

extension JSONScanner {
  fileprivate mutating func condition() throws(Malformed) -> RecordFinal.Condition {
    var condition = RecordFinal.Condition(expression: "", value: nil, passed: false)
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "expression": condition.expression = try scanner.string()
      case "value": condition.value = try scanner.number()
      case "passed": condition.passed = try scanner.boolean()
      default: try scanner.skip()
      }
    }
    return condition
  }

  fileprivate mutating func hexadecimalBytes() throws(Malformed) -> [UInt8] {
    let digits = Array(try string().utf8)
    guard digits.count % 2 == 0 else { throw Malformed() }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[start..<(start + 2)], as: UTF8.self), radix: 16) else {
        throw Malformed()
      }
      bytes.append(byte)
    }
    return bytes
  }

  fileprivate mutating func lane() throws(Malformed) -> LaneSnapshot {
    var lane = LaneSnapshot(lane: 0)
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "l": lane.lane = try scanner.count()
      case "a": lane.state = try scanner.named(LaneSnapshot.State.self)
      case "s": lane.stream = try scanner.count()
      case "g": lane.target = try scanner.count()
      case "el": lane.elapsedSeconds = Double(try scanner.integer()) / 1e6
      case "st": lane.status = try scanner.count()
      case "n": lane.bytes = try scanner.integer()
      case "x": lane.expectedBytes = try scanner.integer()
      case "fb": lane.ttfbSeconds = Double(try scanner.integer()) / 1e6
      case "in": lane.instance = try scanner.string()
      case "id": lane.requestID = try scanner.string()
      case "v": lane.verdict = try scanner.named(Verdict.self)
      case "tr": lane.transport = try scanner.named(TransportOutcome.self)
      case "r": lane.result = try scanner.named(StreamResult.self)
      case "lv": lane.lastVerdict = try scanner.named(Verdict.self)
      case "lc": lane.lastCause = try scanner.string()
      case "c":
        var totals: [Int] = []
        try scanner.array { (scanner) throws(Malformed) in totals.append(try scanner.count()) }
        guard totals.count >= 4 else { throw Malformed() }
        (lane.streams, lane.failed, lane.badGateways, lane.invalid) = (totals[0], totals[1], totals[2], totals[3])
      default: try scanner.skip()
      }
    }
    if lane.state == .ended { lane.result = lane.result ?? .ok }
    return lane
  }

  fileprivate mutating func client() throws(Malformed) -> ClientUse {
    var client = ClientUse()
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "cpu": client.cpuSeconds = try scanner.number()
      case "busy": client.busyFraction = try scanner.number()
      case "now": client.busyNow = try scanner.number()
      case "rss_peak": client.rssPeakBytes = try scanner.integer()
      case "threads": client.threads = try scanner.count()
      default: try scanner.skip()
      }
    }
    return client
  }

  fileprivate mutating func counters() throws(Malformed) -> Counters {
    var counters = Counters()
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "streams": counters.streams = try scanner.count()
      case "ok": counters.ok = try scanner.count()
      case "failed": counters.failed = try scanner.count()
      case "cut": counters.cutByDeadline = try scanner.count()
      case "warm_up": counters.warmUpStreams = try scanner.count()
      case "late": counters.late = try scanner.count()
      case "dropped": counters.dropped = try scanner.count()
      case "repeated": counters.repeatedRequests = try scanner.count()
      case "wire": counters.bytesWire = try scanner.integer()
      case "decoded": counters.bytesDecoded = try scanner.integer()
      case "status": try scanner.counts { if let status = Int($0) { counters.status[status] = $1 } }
      case "protocol": try scanner.counts { counters.protocols[$0] = $1 }
      case "transport":
        try scanner.counts { if let key = TransportOutcome(rawValue: $0) { counters.transport[key] = $1 } }
      case "verdict": try scanner.counts { if let key = Verdict(rawValue: $0) { counters.verdicts[key] = $1 } }
      case "treatment": try scanner.counts { if let key = Treatment(rawValue: $0) { counters.treatments[key] = $1 } }
      case "missed": try scanner.counts { counters.missedExpectations[$0] = $1 }
      case "cause":
        try scanner.object { (status, scanner) throws(Malformed) in
          var causes = EnumCounts<FailureCause>()
          try scanner.counts { if let key = FailureCause(rawValue: $0) { causes[key] = $1 } }
          if let status = Int(status) { counters.causes[status] = causes }
        }
      default: try scanner.skip()
      }
    }
    return counters
  }
}
