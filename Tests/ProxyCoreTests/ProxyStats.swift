import Synchronization

@testable import ProxyCore

/// Looks into a running proxy, as its operator would.
enum ProxyStats {
  /// Small socket buffers, so that what the origin can get rid of is bounded by little more than the proxy.
  static let smallSockets: @Sendable (inout ProxyConfiguration) -> Void = {
    $0.upstreamReceiveBuffer = 65_536
    $0.clientSendBuffer = 65_536
    $0.telemetry = true
  }

  static func read(_ port: Int) async throws -> String {
    try await exchange(port, get("/.gzproxy/stats")).text.httpBody
  }

  static func buffered(_ port: Int) async -> Int { number((try? await read(port)) ?? "", "buffered_bytes") }

  /// The same on the thread it is called on.
  static func bufferedNow(_ port: Int) throws -> Int {
    number(try exchangeNow(port, get("/.gzproxy/stats")).text.httpBody, "buffered_bytes")
  }

  static func active(_ port: Int) async -> Int { number((try? await read(port)) ?? "", "active_streams") }

  static func number(_ json: String, _ name: String) -> Int {
    guard let part = json.split(separator: "\"\(name)\":", maxSplits: 1).dropFirst().first else { return -1 }
    return Int(part.prefix { $0.isNumber }) ?? -1
  }
}

/// Counts across threads.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add(_ number: Int) { count.add(number, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}

final class Ended: Sendable {
  private let times = Mutex<[ContinuousClock.Instant]>([])
  func note(_ time: ContinuousClock.Instant) { times.withLock { $0.append(time) } }
  var count: Int { times.withLock { $0.count } }
  func last(_ round: Int) -> ContinuousClock.Instant { times.withLock { $0[round - 1] } }
}
