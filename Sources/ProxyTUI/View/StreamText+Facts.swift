internal import LoadGen
internal import ToolSupport

// The times, and what came of it in figures.
extension StreamText {
  var times: [StreamLine] {
    let phases = StreamPhases(detail)
    let failed = record.result == .failed
    var lines = WaterfallView.lines(
      phases, isRunning: detail.isRunning, failed: failed, width: width, glyphs: glyphs)
    guard let arrivals = detail.arrivals else {
      let text = !detail.isRunning && record.bytesWire == 0 ? "none" : "not known"
      return lines + [Self.labelled("arrivals", text, role: .faint, width: width)]
    }
    guard arrivals.bytes.contains(where: { $0 > 0 }) else {
      return lines + [Self.labelled("arrivals", "none", role: .faint, width: width)]
    }
    let view = ArrivalView(arrivals, record, gapAt: detail.longestGapAt, total: phases.total, glyphs: glyphs)
    lines += view.lines(width: width, height: isRoomy ? 2 : 1)
    return lines
  }

  var facts: [StreamLine] {
    var lines = showsURL ? fact("URL", record.url) : []
    lines += fact("wire", wire, role: missing != nil && !detail.isRunning ? .bad : .value)
    if record.bytesDecoded > 0 { lines += fact("decoded", decoded) }
    if let members { lines += fact("gzip", members) }
    if !detail.isRunning {
      lines += fact("verdict", verdict, role: record.verdict.isInvalid ? .bad : .value)
      lines += fact("transport", record.transport.rawValue, role: isBroken ? .bad : .value)
    }
    lines += fact("answer", answerLine, role: statusRole(record.status))
    lines += fact("request id", record.requestID ?? glyphs.dash)
    lines += fact("instance", instance)
    return lines + fact("began", began)
  }

  /// An answer that was asked for is no alarm; of a running stream nobody knows yet.
  func statusRole(_ status: Int) -> Role {
    status >= 400 && (detail.isRunning || record.result == .failed) ? .bad : .value
  }

  /// In place of zeros.
  var forgotten: [StreamLine] {
    fact("times", "not known here: of this stream only its proof is left", role: .faint) + fact("URL", record.url)
  }

  private var isBroken: Bool { record.transport != .complete && record.transport != .cutByDeadline }

  /// What is missing of the expected bytes; nil when nothing is, or nobody knew.
  var missing: String? {
    guard let expected = record.expectedBytes, expected > max(0, record.bytesWire), record.status != 0 else {
      return nil
    }
    return HumanText.size(expected &- max(0, record.bytesWire))
  }

  private var wire: String {
    let came = HumanText.size(max(0, record.bytesWire))
    var text = came
    if let expected = record.expectedBytes, expected > 0 {
      let whole = HumanText.size(expected)
      let surplus = Double(record.bytesWire) - Double(expected)
      if surplus > 0 {
        text += ", \(HumanText.size(Int64(min(surplus, 9e18)))) more than the expected \(whole)"
      } else if surplus == 0 {
        text += ", all that was expected"
      } else if detail.isRunning {
        text += " of \(whole), \(HumanText.fixed(Double(max(0, record.bytesWire)) / Double(expected) * 100, 0)) %"
      } else if let missing {
        text += " of \(whole), \(missing) missing"
      }
    } else if record.status != 0 {
      text += ", how many to expect was not known"
    }
    guard let rate else { return text }
    return text + glyphs.separator + rate
  }

  /// Over the body's time.
  private var rate: String? {
    let phases = StreamPhases(detail)
    guard let body = phases.phases.last, body.name == "body", body.duration > 0, record.bytesWire > 0 else {
      return nil
    }
    return HumanText.rate(Double(record.bytesWire) / body.duration * 1e6)
  }

  private var decoded: String {
    let size = HumanText.size(record.bytesDecoded)
    guard record.bytesWire > 0 else { return size }
    return size + ", \(HumanText.fixed(Double(record.bytesDecoded) / Double(record.bytesWire), 2)) times the wire"
  }

  /// `3 whole members: 1.20 MiB, 1.10 MiB, 1.30 MiB`. Nil where nobody counted.
  private var members: String? {
    let count = record.members ?? (detail.memberBytes.isEmpty ? nil : detail.memberBytes.count)
    guard let count else { return nil }
    guard count > 0 else { return "no whole member" }
    var text = HumanText.grouped(count) + (count == 1 ? " whole member" : " whole members")
    if detail.isRunning { text += " so far" }
    let sizes = detail.memberBytes.prefix(24).map(HumanText.size)
    guard !sizes.isEmpty else { return text }
    text += ": " + sizes.joined(separator: ", ")
    let rest = count > sizes.count ? count - sizes.count : 0
    return rest > 0 ? text + " and \(HumanText.grouped(rest)) more" : text
  }

  private var verdict: String {
    let how =
      switch record.treatment {
      case .full: "inflated to the end"
      case .compared: "compared with the first body of its URL"
      case .frame: "HTTP's framing alone was looked at"
      case .off: "nothing was judged"
      }
    return record.verdict.rawValue + glyphs.separator + how
  }

  private var answerLine: String {
    guard record.status != 0 else { return detail.isRunning ? "none yet" : "none came" }
    return ["status \(record.status)", record.protocolName].filter { !$0.isEmpty }.joined(separator: glyphs.separator)
  }

  private var instance: String {
    guard let name = record.instance else { return glyphs.dash }
    guard let memory = record.instanceRSS else { return name }
    return name + glyphs.separator + HumanText.size(max(0, memory)) + " resident"
  }

  private var began: String {
    var text = "at \(FieldText.clock(Double(record.startedAt) / 1e6)) of the run"
    if let planned = record.plannedAt, record.startedAt > planned {
      text += ", \(FieldText.time((Double(record.startedAt) - Double(planned)) / 1e6)) after its planned moment"
    }
    if record.isWarmUp { text += ", in the warm-up: not counted" }
    if record.repeats > 0 { text += "; sent again " + (record.repeats == 1 ? "once" : "\(record.repeats) times") }
    return text
  }
}
