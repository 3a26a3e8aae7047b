import Synchronization
import TestSupport

/// An origin that writes 4 MiB and closes while the client takes nothing: all of it may be in the proxy's socket when the
/// end is seen, and none of it may be lost or taken into memory at once.
enum HardClose {
  static func measure(_ scale: FigureScale) throws -> [Figure] {
    // The default, and one that holds all of it.
    try ["1MiB", "4MiB"].flatMap { try measure(scale, receiveBuffer: $0) }
  }

  private static func measure(_ scale: FigureScale, receiveBuffer: String) throws -> [Figure] {
    let count = scale.count(full: 50, test: 8)
    let body = RandomBytes.table
    let closed = Counter()
    let origin = try ScriptedOrigin(sendBuffer: 4 << 20) { peer, _ in
      guard peer.readHead() != nil else { return }
      let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
      guard peer.write(Array(head.utf8) + body) else { return }
      peer.close()
      closed.add()
    }
    let proxy = try ProxyProcess(
      upstream: origin.port, ["--upstream-rcvbuf", receiveBuffer, "--client-sndbuf", "64KiB"])
    defer { proxy.end() }
    guard let idle = proxy.settledKiB() else { throw NotMeasured(description: "no resident set on this system") }
    let clients = try (0..<count).map { _ in
      let client = try SocketPeer.connect(port: proxy.port, receiveBuffer: 16 << 10)
      client.write("GET /hard HTTP/1.1\r\nHost: hard\r\nConnection: close\r\n\r\n")
      return client
    }
    guard waited(for: { closed.value == count }) else {
      throw NotMeasured(description: "\(closed.value) of \(count) origins could write all and close")
    }
    guard let held = proxy.settledKiB() else { throw NotMeasured(description: "gzproxy ended") }
    let exact = clients.filter { readsAll($0, body) }.count
    guard exact == count else {
      throw NotMeasured(description: "\(count - exact) of \(count) bodies are not byte-exact")
    }
    let peak = proxy.residentPeakKiB ?? held
    return [
      Figure(
        name: "4 MiB and close on a stalled client (\(count)), buffer \(receiveBuffer)",
        value: Double(max(held, peak) - idle) / Double(count),
        // Twenty times the bound would be more than there is to take in: half of the body is a failure already.
        bound: scale.isFull ? 512 : 2048, unit: "KiB",
        baseline: "idle: \(idle) KiB; stalled: \(held) KiB; peak when read on: \(peak) KiB; \(exact) byte-exact")
    ]
  }

  private static func readsAll(_ client: SocketPeer, _ body: [UInt8]) -> Bool {
    var judge = ResponseJudge(clientMinor: 1)
    while true {
      guard case .bytes(let bytes) = client.receive(upTo: 256 << 10) else { return false }
      switch judge.receive(bytes) {
      case .more: continue
      case .whole: return judge.status == 200 && judge.excess == 0 && judge.body == body
      case .garbled: return false
      }
    }
  }
}

/// A number that threads count up.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .acquiring) }
  func add() { count.add(1, ordering: .releasing) }
}
