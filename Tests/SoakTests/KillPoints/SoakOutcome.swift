/// What became of one stream, by the origin's truth and the client's strict reading.
///
/// The promise: **byte-exact or detectably failed**. Everything else is a breach, and one is too many.
enum SoakOutcome: Equatable, Sendable {
  case exact
  case failed(Sign)
  case broken(Breach, String)

  /// How a client notices that a response is not whole.
  enum Sign: String, CaseIterable, Sendable {
    case short = "short length"
    case noLastChunk = "no last chunk"
    case reset = "reset"
    case headCut = "head cut"
    case answered = "5xx+cause"
  }

  enum Breach: String, CaseIterable, Sendable {
    case different = "complete and different"
    case completeThoughCut = "complete though cut"
    case wrongPart = "cut, and what came before is wrong"
    case aliveButFailed = "failed though the origin lived"
    case garbled = "not HTTP"
    case excess = "bytes after the end"
    case unexplained = "a status that nobody sent, or no Proxy-Status"
    case silent = "closed without a word"
    case hung = "neither an answer nor an end"
    case wrongRequest = "the origin read another request body"
  }
}

/// What the origin knows: whether the message it sent was whole, and what a whole one holds.
enum SoakTruth: Equatable, Sendable {
  case whole(Range<Int>)
  /// All was sent and then reset: the reset may overtake the bytes.
  case wholeThenReset(Range<Int>)
  case cut(Range<Int>)

  init(_ soak: SoakCase, _ wire: SoakWire) {
    let sentAll = wire.deathPoint == wire.bytes.count
    switch (soak.death, soak.framing) {
    case (nil, _): self = .whole(soak.body)
    // Nobody can tell an early FIN from the end of such a body: what was sent is the body.
    case (.fin, .close) where wire.deathPoint >= wire.headLength:
      self = .whole(soak.body.lowerBound..<(soak.body.lowerBound + wire.bodyBytesSent))
    case (_, .close): self = .cut(soak.body)
    case (.reset, _): self = sentAll ? .wholeThenReset(soak.body) : .cut(soak.body)
    case (.fin, _), (.silence, _): self = sentAll ? .whole(soak.body) : .cut(soak.body)
    }
  }

  var body: Range<Int> {
    switch self {
    case .whole(let body), .wholeThenReset(let body), .cut(let body): body
    }
  }
}

extension SoakOutcome {
  /// The verdict on what a client saw.
  ///
  /// - Parameter end: how the connection ended; nil when the message was whole by its own framing before that.
  init(_ soak: SoakCase, _ truth: SoakTruth, _ judge: ResponseJudge, _ progress: ResponseJudge.Progress, end: End?) {
    if case .garbled(let why) = progress {
      self = .broken(.garbled, why)
    } else if progress == .whole {
      self = Self.whole(soak, truth, judge)
    } else {
      self = Self.unfinished(truth, judge, end)
    }
  }

  enum End: Equatable, Sendable { case fin, reset, timeout }

  private static func whole(_ soak: SoakCase, _ truth: SoakTruth, _ judge: ResponseJudge) -> SoakOutcome {
    if judge.excess > 0 { return .broken(.excess, "\(judge.excess)") }
    let status = judge.status ?? 0
    guard status == 200 else {
      let cause = judge.fields["proxy-status"]?.first
      guard (500...504).contains(status), let cause, cause.contains("error=") else {
        return .broken(.unexplained, "\(status) \(cause ?? "")")
      }
      // The stream before on that connection may have ended with the origin's death. What is not idempotent is not sent
      // twice (RFC 9110 §9.2.2), so this one may be told the truth.
      if soak.method == "POST", cause.contains("connection_terminated") { return .failed(.answered) }
      return failed(.answered, truth, cause)
    }
    guard judge.fields["x-stream"] == ["\(soak.index)"], judge.fields["content-encoding"] == ["gzip"] else {
      return .broken(.different, "another response: \(judge.fields)")
    }
    if case .cut(let body) = truth {
      return .broken(isBody(judge.body, body) ? .completeThoughCut : .different, "\(judge.body.count) of \(body.count)")
    }
    guard isBody(judge.body, truth.body) else {
      return .broken(.different, "\(judge.body.count) bytes for \(truth.body.count)")
    }
    // Trailers only travel with chunks, and only to who asked for them.
    let wanted = soak.hasTrailers && soak.acceptsTrailers && judge.framing == .chunked
    guard judge.trailers["x-sum"] == (wanted ? ["\(soak.body.lowerBound)"] : nil) else {
      return .broken(.different, "trailers \(judge.trailers)")
    }
    return .exact
  }

  private static func unfinished(_ truth: SoakTruth, _ judge: ResponseJudge, _ end: End?) -> SoakOutcome {
    if judge.status == 200, !isPart(judge.body, of: truth.body) {
      return .broken(.wrongPart, "\(judge.body.count) bytes")
    }
    switch end {
    case nil, .timeout: return .broken(.hung, "after \(judge.body.count) bytes of the body")
    case .reset: return failed(.reset, truth, "reset")
    case .fin where !judge.sawBytes: return .broken(.silent, "")
    case .fin where judge.status == nil: return failed(.headCut, truth, "head cut")
    case .fin: return failed(judge.framing == .length ? .short : .noLastChunk, truth, "cut")
    }
  }

  private static func failed(_ sign: Sign, _ truth: SoakTruth, _ what: String) -> SoakOutcome {
    if case .whole = truth { return .broken(.aliveButFailed, what) }
    return .failed(sign)
  }

  private static func isBody(_ bytes: [UInt8], _ body: Range<Int>) -> Bool {
    bytes.count == body.count && isPart(bytes, of: body)
  }

  private static func isPart(_ bytes: [UInt8], of body: Range<Int>) -> Bool {
    bytes.count <= body.count && RandomBytes.table[body.prefix(bytes.count)].elementsEqual(bytes)
  }
}
