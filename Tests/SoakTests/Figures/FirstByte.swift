import Dispatch
import TestSupport

/// The first byte of a body: how much later it comes through the proxy than from the origin itself. One client, one
/// request after the other, each way in turn, so that both see the same machine.
enum FirstByte {
  static func measure(_ scale: FigureScale) throws -> [Figure] {
    let count = scale.count(full: 2000, test: 60)
    // The origin sends its head and one byte at once, and the second byte only when the client has the first: a proxy that
    // waits for more would wait forever.
    let hasFirst = DispatchSemaphore(value: 0)
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n1")
        guard hasFirst.wait(timeout: .now() + 10) == .success else { return }
        peer.write("2")
      }
    }
    let proxy = try ProxyProcess(upstream: origin.port)
    defer { proxy.end() }
    let direct = try SocketPeer.connect(port: origin.port)
    let through = try SocketPeer.connect(port: proxy.port)
    var times: (direct: [Double], through: [Double]) = ([], [])
    for round in 0..<(count + 50) {
      let near = try ask(direct, hasFirst)
      let far = try ask(through, hasFirst)
      guard round >= 50 else { continue }  // both warm
      times.direct.append(near)
      times.through.append(far)
    }
    let (near, far) = (Times(times.direct), Times(times.through))
    return [50.0, 99].map { percent in
      Figure(
        name: "first body byte (\(count) requests): added at p\(Int(percent))",
        value: far.percentile(percent) - near.percentile(percent), bound: scale.bound(1), unit: "ms",
        baseline: "through: \(far.text); direct: \(near.text)")
    }
  }

  private static func ask(_ client: SocketPeer, _ hasFirst: DispatchSemaphore) throws -> Double {
    let started = Times.now()
    client.write("GET / HTTP/1.1\r\nHost: first\r\n\r\n")
    guard client.read(through: "\r\n\r\n1") != nil else { throw NotMeasured(description: "the first byte never came") }
    let time = Times.now() - started
    hasFirst.signal()
    guard client.read(count: 1) != nil else { throw NotMeasured(description: "the second byte never came") }
    return time
  }
}
