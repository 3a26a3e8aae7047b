internal import NIOCore

/// When the steps of opening one upstream connection were done. Steps that there were not are nil.
struct ConnectTimings: Sendable, Equatable {
  let startedAt: NIODeadline
  /// A name was being resolved from then on.
  private(set) var resolvingAt: NIODeadline?
  /// The name's addresses were there; nil where the upstream is given as an address.
  private(set) var resolvedAt: NIODeadline?
  /// TCP was open and TLS began; nil without TLS.
  private(set) var handshakeAt: NIODeadline?
  private(set) var readyAt: NIODeadline?

  init(startedAt: NIODeadline) { self.startedAt = startedAt }

  mutating func resolving(at now: NIODeadline) { resolvingAt = now }

  /// Called for each address that is tried; the first counts.
  mutating func addressed(at now: NIODeadline) {
    if resolvingAt != nil, resolvedAt == nil { resolvedAt = now }
  }

  func ready(at now: NIODeadline, handshakeAt: NIODeadline?) -> ConnectTimings {
    var timings = self
    timings.readyAt = now
    timings.handshakeAt = handshakeAt
    return timings
  }

  var total: TimeAmount? { readyAt.map { $0 - startedAt } }
  var resolution: TimeAmount? {
    guard let resolvingAt, let resolvedAt else { return nil }
    return resolvedAt - resolvingAt
  }

  var handshake: TimeAmount? {
    guard let handshakeAt, let readyAt else { return nil }
    return readyAt - handshakeAt
  }
}
