import Synchronization
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The origin that dies: what it sends and when it stops follows from the stream's index in the request's path. It also
/// checks that request bodies arrive as they were sent.
final class SoakOrigin: Sendable {
  private let server: ScriptedOrigin
  private let notes: Notes

  private final class Notes: Sendable {
    let wrongRequests = Mutex<[Int]>([])
    func wrong(_ index: Int) { wrongRequests.withLock { $0.append(index) } }
  }

  init(seed: UInt64) throws {
    let notes = Notes()
    self.notes = notes
    server = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        guard let index = Self.index(head), Self.serve(SoakCase(seed: seed, index: index), peer, notes) else { break }
      }
      peer.close()
    }
  }

  var port: Int { server.port }
  var wrongRequests: [Int] { notes.wrongRequests.withLock { $0 } }

  private static func index(_ head: String) -> Int? {
    guard let start = head.firstRange(of: "/stream/")?.upperBound else { return nil }
    return Int(head[start...].prefix { $0.isNumber })
  }

  /// False when the connection is over.
  private static func serve(_ soak: SoakCase, _ peer: SocketPeer, _ notes: Notes) -> Bool {
    if soak.readsRequestFirst, !readRequest(soak, peer) {
      notes.wrong(soak.index)
      return false
    }
    let wire = SoakWire(soak)
    guard send(wire.bytes[..<wire.deathPoint], soak, peer) else { return false }
    // Behind the end of a message silence is no death: the connection is idle, and may carry the next one.
    let isOver = wire.deathPoint == wire.bytes.count && soak.framing != .close
    switch soak.death {
    case .silence where isOver: return soak.readsRequestFirst || readRequest(soak, peer)
    case .reset:
      peer.reset()
      return false
    case .silence:
      _ = peer.readToEnd()
      return false
    case .fin: return finish(peer)
    case nil where soak.framing == .close: return finish(peer)
    case nil: return soak.readsRequestFirst || readRequest(soak, peer)
    }
  }

  /// FIN, and no reset after it: whatever the other side still sends is read.
  private static func finish(_ peer: SocketPeer) -> Bool {
    peer.finish()
    _ = peer.readToEnd()
    return false
  }

  private static func send(_ bytes: ArraySlice<UInt8>, _ soak: SoakCase, _ peer: SocketPeer) -> Bool {
    var random = soak.random(2)
    var rest = bytes
    var pauses = random.number(0...3)
    while !rest.isEmpty {
      let piece = rest.prefix(random.number(1...max(1, bytes.count / 4)))
      guard peer.write(Array(piece)) else { return false }
      rest = rest.dropFirst(piece.count)
      if pauses > 0, random.chance(50) {
        pauses -= 1
        // Ends early when the proxy leaves.
        _ = peer.wait(milliseconds: Int32(random.number(1...15)))
      }
    }
    return true
  }

  private static func readRequest(_ soak: SoakCase, _ peer: SocketPeer) -> Bool {
    guard let body = soak.requestBody else { return true }
    let wanted = RandomBytes.table[body]
    guard soak.requestIsChunked else { return peer.read(count: body.count).map { wanted.elementsEqual($0) } ?? false }
    var got: [UInt8] = []
    while let line = peer.read(through: "\r\n") {
      // CRLF is one character.
      guard let size = Int(line.dropLast(), radix: 16) else { return false }
      guard let data = peer.read(count: size + 2), data.suffix(2) == [13, 10] else { return false }
      if size == 0 { return wanted.elementsEqual(got) }
      got += data.dropLast(2)
    }
    return false
  }
}
