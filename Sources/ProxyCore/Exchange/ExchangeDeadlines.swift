internal import NIOCore

/// Which limit an exchange has passed, if any. Pure: who is waited for decides which limit counts.
enum ExchangeDeadlines {
  struct Facts {
    var phase: ExchangeStateMachine.Phase
    var requestIsComplete: Bool
    /// The client waits for a 100 before it sends its body; so the silence is the upstream's.
    var awaitsContinue: Bool
    /// An address is being connected to; before, the name is being resolved.
    var hasAddress: Bool
    /// Request bytes that the upstream has not taken.
    var upstreamBacklog: Int
    /// The client cannot take more, so the upstream is not read; its silence is ours.
    var upstreamIsPaused: Bool
    var upstreamProgress: NIODeadline
    var clientProgress: NIODeadline
  }

  static func passed(_ facts: Facts, _ limits: ProxyLimits, _ now: NIODeadline) -> ProxyCause? {
    switch facts.phase {
    case .connecting:
      guard facts.upstreamProgress.isOlder(than: limits.upstreamConnect, at: now) else { return nil }
      return facts.hasAddress ? .connectionTimeout : .dnsTimeout
    case .awaitingHead:
      if facts.upstreamBacklog > 0 {
        return facts.upstreamProgress.isOlder(than: limits.upstreamWrite, at: now) ? .upstreamWriteTimeout : nil
      }
      if !facts.requestIsComplete, !facts.awaitsContinue {
        return facts.clientProgress.isOlder(than: limits.clientBody, at: now) ? .requestTimeout : nil
      }
      // Interim responses wait for a client that does not take them.
      guard !facts.upstreamIsPaused else { return nil }
      return max(facts.upstreamProgress, facts.clientProgress).isOlder(than: limits.upstreamHead, at: now)
        ? .responseTimeout : nil
    case .holding, .streaming:
      guard !facts.upstreamIsPaused else { return nil }
      return facts.upstreamProgress.isOlder(than: limits.upstreamBody, at: now) ? .bodyTimeout : nil
    case .ended: return nil
    }
  }
}
