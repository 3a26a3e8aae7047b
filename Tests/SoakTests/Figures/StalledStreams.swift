import TestSupport

/// Streams whose client takes nothing while the origin never stops sending: what each costs the proxy, and what others
/// notice of it.
enum StalledStreams {
  static func measure(_ scale: FigureScale) throws -> [Figure] {
    let count = scale.count(full: 1000, test: 40)
    let origin = try Self.origin()
    let proxy = try ProxyProcess(
      upstream: origin.port,
      [
        // The kernel's memory is the machine's, not the stream's, so it is kept small here.
        "--client-sndbuf", "64KiB", "--upstream-rcvbuf", "64KiB", "--max-upstream-connections", "2000",
        "--client-write-timeout", "10m", "--upstream-body-timeout", "10m",
      ])
    defer { proxy.end() }
    let visits = scale.count(full: 300, test: 30)
    let before = try NewClients.times(visits, port: proxy.port)
    guard let idle = proxy.settledKiB() else { throw NotMeasured(description: "no resident set on this system") }
    let clients = try (0..<count).map { _ in try stalledClient(proxy.port) }
    guard let held = proxy.settledKiB() else { throw NotMeasured(description: "gzproxy ended") }
    let during = try NewClients.times(visits, port: proxy.port)
    let active = try proxy.stat("active_streams") ?? 0
    guard active == count else { throw NotMeasured(description: "\(active) of \(count) streams are stalled") }
    for client in clients { client.close() }
    return [
      Figure(
        name: "stalled streams (\(count)): resident set of each", value: Double(held - idle) / Double(count),
        bound: scale.bound(512), unit: "KiB", baseline: "idle: \(idle) KiB in all; with them: \(held) KiB"),
      Figure(
        name: "stalled streams (\(count)): a new client's answer, median", value: during.median,
        bound: scale.bound(5), unit: "ms", baseline: "with them: \(during.text); without: \(before.text)"),
    ]
  }

  private static func origin() throws -> ScriptedOrigin {
    let block = Array(RandomBytes.table[..<65536])
    return try ScriptedOrigin(sendBuffer: 64 << 10) { peer, _ in
      while let head = peer.readHead() {
        guard head.hasPrefix("GET /endless") else {
          peer.write(NewClients.answer)
          continue
        }
        peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(1 << 40)\r\n\r\n")
        peer.flood(block, limit: 300)
        return
      }
    }
  }

  private static func stalledClient(_ port: Int) throws -> SocketPeer {
    let client = try SocketPeer.connect(port: port, receiveBuffer: 16 << 10)
    client.write("GET /endless HTTP/1.1\r\nHost: stalled\r\n\r\n")
    guard client.read(count: 16) != nil else { throw NotMeasured(description: "no head came") }
    return client
  }
}

/// Clients that come, ask for something small, and go.
enum NewClients {
  static let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

  /// From before the connection to the answer's last byte.
  static func times(_ count: Int, port: Int) throws -> Times {
    var times: [Double] = []
    for _ in 0..<count {
      let started = Times.now()
      let client = try SocketPeer.connect(port: port)
      client.write("GET /small HTTP/1.1\r\nHost: new\r\n\r\n")
      guard client.read(through: "\r\n\r\nhello") != nil else {
        throw NotMeasured(description: "a new client was not served")
      }
      times.append(Times.now() - started)
      client.close()
    }
    return Times(times)
  }
}
