import TestSupport
import Testing
import ToolSupport

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A proxy on a port of the system's choice for the time of one test.
func withProxy<Result>(
  to upstream: String, _ change: (inout ProxyConfiguration) -> Void = { _ in },
  _ body: (ProxyServer) async throws -> Result
) async throws -> Result {
  var configuration = ProxyConfiguration(
    listen: try HostAndPort("127.0.0.1:0"), upstream: try UpstreamTarget(url: upstream), threads: 1)
  switch RelayUnderTest.current {
  case .auto: break
  case .copy: configuration.relay = .copy
  case .pipe: configuration.limits.smallestSplice = 1
  }
  change(&configuration)
  let server = try await ProxyServer.start(configuration)
  do {
    // Blocking sockets in tests must not hold a thread that others need.
    let result = try await body(server)
    await server.shutdown(within: .zero)
    return result
  } catch {
    await server.shutdown(within: .zero)
    throw error
  }
}

/// Runs blocking socket calls on a thread of their own.
func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    let started = PlainThread.detach(name: "test") {
      do { continuation.resume(returning: try body()) } catch { continuation.resume(throwing: error) }
    }
    if !started { continuation.resume(throwing: NoThread()) }
  }
}

struct NoThread: Error {}

/// One request on a connection of its own, to the connection's end.
func exchange(_ port: Int, _ request: String) async throws -> (text: String, end: SocketPeer.End) {
  try await blocking { try exchangeNow(port, request) }
}

/// The same on the thread it is called on.
func exchangeNow(_ port: Int, _ request: String) throws -> (text: String, end: SocketPeer.End) {
  let client = try SocketPeer.connect(port: port)
  client.write(request)
  let (bytes, end) = client.readToEnd()
  return (String(decoding: bytes, as: UTF8.self), end)
}

func get(_ path: String = "/", _ fields: String = "") -> String {
  "GET \(path) HTTP/1.1\r\nHost: pub\r\nConnection: close\r\n\(fields)\r\n"
}

extension String {
  /// What stands behind the first empty line.
  var httpBody: String {
    let all = Array(utf8)
    let mark = Array("\r\n\r\n".utf8)
    guard all.count >= mark.count else { return "" }
    for start in 0...(all.count - mark.count) where all[start..<(start + mark.count)].elementsEqual(mark) {
      return String(decoding: all[(start + mark.count)...], as: UTF8.self)
    }
    return ""
  }
}

/// Looks again and again, for a bounded time, at something that happens on another thread.
func eventually(within limit: Duration = .seconds(20), _ condition: () async -> Bool) async -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: limit)
  while clock.now < deadline {
    if await condition() { return true }
    await Task.yield()
  }
  return await condition()
}

/// Lets another thread run: for scripts that wait for a test.
func yieldThread() { sched_yield() }
