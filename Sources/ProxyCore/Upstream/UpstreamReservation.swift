/// A place among the allowed upstream connections, given back when the last that holds it is gone.
final class UpstreamReservation: Sendable {
  private let shared: SharedState
  init(shared: SharedState) { self.shared = shared }
  deinit { shared.releaseUpstream() }
}
