import Synchronization
import TestSupport

/// Requests that keep the event loop busy for milliseconds each, until `stop`: what happens elsewhere meanwhile comes to it all at
/// once. No function gets them: their events are too large.
final class Noise: Sendable {
  private let isWanted = Mutex(true)

  init(_ rig: Rig) {
    let body = String(repeating: "n", count: 5 << 20)
    _ = RuntimeFeeder { [self] in
      while isWanted.withLock({ $0 }) {
        let type = "Content-Type: application/octet-stream"
        let client = try rig.request("/", method: "POST", headers: [type], body: body)
        guard try client.response().status == 413 else { return }
      }
    }
  }

  func stop() { isWanted.withLock { $0 = false } }
}
