import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One client of the soak, with the connection it keeps between streams. One thread uses it.
final class SoakClient {
  private let port: Int
  private var kept: SocketPeer?

  init(port: Int) { self.port = port }

  func run(_ soak: SoakCase) -> SoakOutcome {
    let wire = SoakWire(soak)
    let truth = SoakTruth(soak, wire)
    guard let peer = connection(soak) else { return .broken(.silent, "no connection") }
    sendRequest(soak, peer)
    var judge = ResponseJudge(clientMinor: soak.clientMinor)
    let (progress, end) = read(soak, peer, &judge)
    let outcome = SoakOutcome(soak, truth, judge, progress, end: end)
    guard progress == .whole, end == nil, case .whole = progress else { return outcome }
    if judge.keepsConnection, !soak.closesAfter {
      kept = peer
      return outcome
    }
    return endsCleanly(peer, outcome)
  }

  private func connection(_ soak: SoakCase) -> SocketPeer? {
    let old = kept
    kept = nil
    if let old, !soak.usesFreshConnection, old.isQuiet { return old }
    // A small window makes the client's pace felt at the origin.
    return try? SocketPeer.connect(port: port, receiveBuffer: soak.pace == .fast ? nil : 32 << 10)
  }

  /// Nothing may follow a whole message on a connection that was said to close.
  private func endsCleanly(_ peer: SocketPeer, _ outcome: SoakOutcome) -> SoakOutcome {
    guard outcome == .exact else { return outcome }
    peer.finish()
    let (bytes, end) = peer.readToEnd()
    if !bytes.isEmpty { return .broken(.excess, "\(bytes.count)") }
    return end == .timeout ? .broken(.hung, "after the whole message") : outcome
  }

  private func sendRequest(_ soak: SoakCase, _ peer: SocketPeer) {
    var random = soak.random(3)
    var head = "\(soak.method) /stream/\(soak.index) HTTP/1.\(soak.clientMinor)\r\nHost: soak\r\n"
    head += "Accept-Encoding: gzip\r\n"
    var options: [String] = []
    if soak.closesAfter { options.append("close") } else if soak.clientMinor == 0 { options.append("keep-alive") }
    if soak.acceptsTrailers {
      head += "TE: trailers\r\n"
      options.append("TE")
    }
    if !options.isEmpty { head += "Connection: \(options.joined(separator: ", "))\r\n" }
    var body: [UInt8] = []
    if let range = soak.requestBody {
      head += soak.requestIsChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(range.count)\r\n"
      body = soak.requestIsChunked ? Self.chunks(range, &random) : Array(RandomBytes.table[range])
    }
    let request = Array((head + "\r\n").utf8) + body
    // In two pieces, anywhere.
    let half = random.number(0...request.count)
    guard peer.write(Array(request[..<half])) else { return }
    peer.write(Array(request[half...]))
  }

  private static func chunks(_ range: Range<Int>, _ random: inout SeededRandom) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = RandomBytes.table[range]
    while !rest.isEmpty {
      let piece = rest.prefix(random.number(1...max(64, range.count / 8)))
      bytes += Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + [13, 10]
      rest = rest.dropFirst(piece.count)
    }
    return bytes + Array("0\r\n\r\n".utf8)
  }

  private func read(
    _ soak: SoakCase, _ peer: SocketPeer, _ judge: inout ResponseJudge
  ) -> (ResponseJudge.Progress, SoakOutcome.End?) {
    var random = soak.random(4)
    let piece = soak.pace == .slow ? max(1024, soak.body.count / 30) : 64 << 10
    var pauseAt = soak.pace == .pausing ? random.number(0...soak.body.count) : Int.max
    while true {
      if judge.body.count >= pauseAt {
        pauseAt = .max
        peer.rest(milliseconds: Int32(random.number(20...300)))
      }
      switch peer.receive(upTo: piece) {
      case .bytes(let bytes):
        let progress = judge.receive(bytes)
        if progress != .more { return (progress, nil) }
        if soak.pace == .slow { peer.rest(milliseconds: 10) }
      case .end(.fin): return (judge.finish(), .fin)
      case .end(.reset): return (.more, .reset)
      case .end(.timeout): return (.more, .timeout)
      }
    }
  }
}
