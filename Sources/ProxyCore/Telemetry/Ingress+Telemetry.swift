internal import NIOCore
internal import ToolSupport

/// Streams that end before there is an exchange, and what all lines of one connection share.
extension Ingress {
  func record(_ end: StreamEnd, requestID: String, total: TimeAmount) -> AccessRecord {
    AccessRecord(
      milliseconds: WallClock.milliseconds(), requestID: requestID, client: clientAddress, request: request,
      end: end,
      wireIn: Int64(request?.headBytes ?? unreadBytes), total: total, endedAt: loop.now,
      instance: loop.shared.instance, invocationID: invocationID)
  }

  /// Counts a stream that the proxy answers itself, and logs it.
  ///
  /// - Parameter bytes: of the answer.
  func ended(_ end: StreamEnd, requestID: String, bytes: Int) {
    loop.counters.ended(end)
    guard let log = loop.shared.accessLog, log.wants(end) else { return }
    var record = record(end, requestID: requestID, total: loop.readClock() - since)
    record.wireOut = Int64(bytes)
    log.writer.append(record.line())
  }

  func report(now: NIODeadline) -> StreamReport? {
    guard let exchange else { return nil }
    let age = max(0, (now - exchange.startedAt).nanoseconds)
    return StreamReport(
      requestID: exchange.facts.requestID, bufferedBytes: Int64(bufferedBytes), bytesOut: exchange.bytesOut,
      bytesSpliced: exchange.splicedBytes, ageSeconds: Double(age) / 1e9)
  }
}

extension ClientConnection {
  /// The client left in the middle of a request's head. An exchange tells of its own end.
  func noteDeparture() {
    guard role == .main, phase == .head, parser.hasStarted, !loop.shared.isDraining else { return }
    let end = StreamEnd.of(.clientAbort, phase: .request, status: nil)
    ended(end, requestID: loop.makeRequestID(), bytes: 0)
  }
}

extension LoopContext {
  /// Nil where nobody will read it.
  func summary(_ head: MessageHead, _ facts: RequestFacts?) -> RequestSummary? {
    shared.accessLog == nil ? nil : RequestSummary(head, facts)
  }
}
