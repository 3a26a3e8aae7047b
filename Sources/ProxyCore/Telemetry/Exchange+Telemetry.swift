internal import NIOCore

/// What an exchange tells of itself: the events of its `StreamTrace`, and the line and counts at its end.
extension Exchange {
  func noteConnected(_ connection: UpstreamConnection, reused: Bool) {
    trace.connected(reused: reused, opening: connection.timings, at: loop.readClock())
    if !reused, let timings = connection.timings { loop.counters.opened(timings) }
    if loop.shared.accessLog != nil { upstreamAddress = connection.address }
  }

  func noteSent(_ bytes: Int) { loop.counters.bytes.add(.toUpstream, Int64(bytes)) }

  func noteHead(_ head: MessageHead, _ response: ResponseFacts) {
    trace.headReceived(response.status, at: loop.readClock())
    if loop.shared.accessLog != nil { responseSummary = ResponseSummary(head, response) }
  }

  /// After a flush: what is left waits.
  func noteBuffered() { trace.holds(client.port.outbox.backlog + (upstream?.port.outbox.backlog ?? 0)) }

  func notePause(for side: SlowSide) {
    guard !trace.isPaused(for: side) else { return }
    trace.paused(for: side, at: loop.readClock())
    loop.counters.pauses.add(side)
  }

  func noteResumption(for side: SlowSide) {
    guard trace.isPaused(for: side) else { return }
    trace.resumed(for: side, at: loop.readClock())
  }

  /// Nil unless it was asked for. Right after `noteHead`.
  var serverTiming: ServerTiming? {
    guard loop.shared.configuration.serverTiming, let total = trace.timeToHead else { return nil }
    return ServerTiming(total: total, origin: trace.originTime)
  }

  /// Counts and logs this stream; called once, while both connections are still there.
  ///
  /// - Parameter cause: nil for a proper end.
  func conclude(_ cause: ProxyCause?) {
    let now = loop.readClock()
    let end = trace.end(cause, requestIsComplete: requestIsComplete)
    loop.counters.ended(end)
    loop.counters.ended(trace, at: now)
    if trace.headAt != nil { loop.counters.relayed(RelayPath(splicedBytes: splicedBytes)) }
    guard let log = loop.shared.accessLog, log.wants(end) else { return }
    var record = client.record(end, requestID: facts.requestID, total: trace.total(at: now))
    record.response = responseSummary
    record.origin = loop.shared.configuration.upstream?.origin
    record.upstreamAddress = upstreamAddress?.hostAndPort
    record.bytesIn = requestRelay.dataBytes
    record.bytesOut = responseRelay?.dataBytes ?? 0
    record.bytesSpliced = splicedBytes
    record.wireIn += trace.wireIn
    record.wireOut = bytesOut
    record.trace = trace
    if end.outcome == .answered {
      client.logAnswer = { bytes in
        record.wireOut += Int64(bytes)
        log.writer.append(record.line())
      }
    } else {
      log.writer.append(record.line())
    }
  }
}

extension UpstreamTarget {
  var origin: String { (isTLS ? "https://" : "http://") + authority }
}

extension SocketAddress {
  /// `192.0.2.1:80`, `[2001:db8::1]:80`.
  var hostAndPort: String? {
    guard let ipAddress, let port else { return nil }
    return ipAddress.utf8.contains(UInt8(ascii: ":")) ? "[\(ipAddress)]:\(port)" : "\(ipAddress):\(port)"
  }
}
