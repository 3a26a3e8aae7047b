internal import NIOCore

/// What the tick looks at, and what a look from outside finds.
extension ClientConnection {
  func tick(_ now: NIODeadline) {
    if isStuck(now) { return abortForStall() }
    switch phase {
    case .exchange: exchange?.tick(now)
    case .lingering:
      if port.outbox.backlog > 0 { since = now } else if !loop.shared.hasSpareDescriptors { return port.close() }
      if since.isOlder(than: ProxyLimits.lingerTime, at: now) { port.close() }
    case .head: tickHead(now)
    }
  }

  private func tickHead(_ now: NIODeadline) {
    if parser.hasStarted {
      if since.isOlder(than: loop.limits.clientHead, at: now) { refuse(.requestTimeout, head: nil) }
    } else {
      let limit = servesRequests == 0 ? loop.limits.clientHead : loop.limits.clientIdle
      if since.isOlder(than: limit, at: now) { port.close() }
    }
  }

  /// Bytes wait and the client has taken none of them for too long.
  private func isStuck(_ now: NIODeadline) -> Bool {
    guard port.outbox.backlog > 0 else {
      writeProgress = now
      _ = readsTooSlowly(now)
      return false
    }
    port.refresh()
    let delivered = port.delivered
    if delivered != written {
      written = delivered
      writeProgress = now
    }
    return writeProgress.isOlder(than: loop.limits.clientWrite, at: now) || readsTooSlowly(now)
  }

  private func readsTooSlowly(_ now: NIODeadline) -> Bool {
    readRate.isTooSlow(
      total: written, waits: port.outbox.backlog > 0, rate: loop.limits.clientRate,
      window: loop.limits.clientWrite, at: now)
  }

  private func abortForStall() {
    exchange?.clientEnded(.clientWriteTimeout)
    port.reset()
  }

  var bufferedBytes: Int { port.bufferedBytes + inbound.readableBytes + (exchange?.bufferedBytes ?? 0) }
}
