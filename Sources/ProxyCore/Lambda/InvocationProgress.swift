internal import NIOCore

/// When the Runtime API last took something of a response.
struct InvocationProgress: Sendable {
  private(set) var at: NIODeadline
  private var delivered: Int64 = 0

  init(at now: NIODeadline) { at = now }

  mutating func note(_ now: NIODeadline) { at = now }

  /// - Parameters:
  ///   - delivered: what it has taken so far.
  ///   - isIdle: there is nothing that it could take.
  mutating func look(delivered: Int64, isIdle: Bool, at now: NIODeadline) {
    guard delivered != self.delivered || isIdle else { return }
    self.delivered = delivered
    at = now
  }
}
