import TestSupport
import ToolSupport

/// Clients that were served once and keep their connection, doing nothing. This process holds them, not the proxy's.
enum IdleClients {
  static func measure(_ scale: FigureScale) throws -> [Figure] {
    let count = scale.count(full: 10_000, test: 200)
    let limit = DescriptorLimit.raise()
    guard limit > count + 256 else {
      throw NotMeasured(description: "\(count) clients need more open files than \(limit): ulimit -n \(count + 1024)")
    }
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil { peer.write(NewClients.answer) }
    }
    let proxy = try ProxyProcess(upstream: origin.port, ["--client-idle-timeout", "1h"])
    defer { proxy.end() }
    // What the first requests cost once is no client's.
    _ = try NewClients.times(100, port: proxy.port)
    guard let idle = proxy.settledKiB() else { throw NotMeasured(description: "no resident set on this system") }
    let clients = try (0..<count).map { _ in try servedClient(proxy.port) }
    guard let held = proxy.settledKiB() else { throw NotMeasured(description: "gzproxy ended") }
    // The first and the last are still served on the connections they kept.
    for client in [clients[0], clients[count - 1]] { try ask(client) }
    return [
      Figure(
        name: "idle keep-alive clients (\(count)): resident set of each", value: Double(held - idle) / Double(count),
        bound: scale.bound(16), unit: "KiB", baseline: "idle: \(idle) KiB in all; with them: \(held) KiB")
    ]
  }

  private static func servedClient(_ port: Int) throws -> SocketPeer {
    let client = try SocketPeer.connect(port: port)
    try ask(client)
    return client
  }

  private static func ask(_ client: SocketPeer) throws {
    client.write("GET /small HTTP/1.1\r\nHost: idle\r\n\r\n")
    guard client.read(through: "\r\n\r\nhello") != nil else {
      throw NotMeasured(description: "a client was not served")
    }
  }
}
