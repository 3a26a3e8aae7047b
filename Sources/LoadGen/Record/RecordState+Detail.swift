extension RecordState {
  /// What a record tells of one stream; nil for a stream that is not known any more.
  ///
  /// - Parameters:
  ///   - targets: of the header, by the index that streams name.
  ///   - now: microseconds of the run, for a stream that is under way.
  func detail(of focus: RunFocus, targets: [String], at now: Int64) -> StreamDetail? {
    guard var detail = found(focus, max(time, now)) else { return nil }
    if detail.record.url.isEmpty, targets.indices.contains(detail.record.target) {
      detail.record.url = targets[detail.record.target]
    }
    guard !detail.isRunning else { return detail }
    if let piece = evidence.first(where: { $0.stream == detail.record.stream }) { detail.take(piece) }
    if detail.advice == nil { detail.advice = detail.record.generalAdvice }
    return detail
  }

  private func found(_ focus: RunFocus, _ now: Int64) -> StreamDetail? {
    if lanes.indices.contains(focus.lane) {
      let lane = lanes[focus.lane]
      if lane.state != .idle, focus.stream ?? lane.record.stream == lane.record.stream {
        var detail = StreamDetail(record: lane.record, isRunning: lane.isRunning)
        if lane.isRunning { detail.record.endedAt = now }
        detail.arrivals = strips[focus.lane]
        return detail
      }
    }
    guard let stream = focus.stream else { return nil }
    let kept = [failures, proven, earlier].lazy.compactMap { $0.find(stream: stream, lane: focus.lane) }.first
    return kept.map { StreamDetail(record: $0, isRunning: false) }
  }
}

extension StreamDetail {
  /// The proof that was kept of it.
  fileprivate mutating func take(_ piece: Evidence) {
    var head = ResponseHead()
    (head.status, head.fields) = (piece.status, piece.headers)
    head.version = record.protocolName == "h2" ? "2" : String(record.protocolName.dropFirst("http/".count))
    if piece.status != 0 { response = head }
    (bodyHead, bodyTail) = (piece.bodyHead, piece.bodyTail)
    advice = piece.advice.isEmpty ? nil : piece.advice
  }
}

extension StreamRecord {
  /// What a failure of this kind means, where nobody kept what is known of this very one.
  fileprivate var generalAdvice: String? {
    guard result == .failed else { return nil }
    if let cause { return Advice.text(cause: cause) }
    if transport != .complete { return Advice.text(transport: transport) }
    return verdict.isInvalid ? Advice.text(verdict: verdict) : nil
  }
}
