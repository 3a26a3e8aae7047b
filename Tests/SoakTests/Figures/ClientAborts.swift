import Synchronization
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A client that leaves: how long until the origin's side is told, in each phase of a stream. The baseline is the same
/// client at the origin itself.
enum ClientAborts {
  enum Phase: String, CaseIterable, Sendable {
    case awaitingHead = "waiting for the head"
    case streaming = "streaming"
    case stalled = "stalled by the client"
    case idleBody = "silence inside the body"
  }

  static func measure(_ scale: FigureScale) throws -> [Figure] {
    let count = scale.count(full: 50, test: 3)
    let origin = try AbortOrigin()
    let proxy = try ProxyProcess(upstream: origin.port)
    defer { proxy.end() }
    var figures = try Phase.allCases.map { phase in
      let direct = Times(try (0..<count).map { _ in try origin.leave(phase, port: origin.port) })
      let through = Times(try (0..<count).map { _ in try origin.leave(phase, port: proxy.port) })
      return figure(scale, phase.rawValue, through, direct)
    }
    #if os(Linux)
      let backlog = try FullBacklog()
      let waiting = try ProxyProcess(upstream: backlog.port)
      defer { waiting.end() }
      let direct = Times(try (0..<count).map { _ in try backlog.leave() })
      let through = Times(try (0..<count).map { _ in try backlog.leave(through: waiting) })
      figures.insert(figure(scale, "connecting", through, direct), at: 0)
    #else
      print("client leaves while connecting: not available here (it takes /proc/net/tcp to see it)")
    #endif
    return figures
  }

  private static func figure(_ scale: FigureScale, _ phase: String, _ through: Times, _ direct: Times) -> Figure {
    Figure(
      name: "client leaves, \(phase): origin told after, max", value: through.largest, bound: scale.bound(100),
      unit: "ms", baseline: "median \(Figure.text(through.median)) ms; direct: \(direct.text)")
  }
}

/// An origin that notes when a client has reached a phase, and when it sees that the client is gone.
private final class AbortOrigin: Sendable {
  private final class Board: Sendable {
    private let moments = Mutex<(reached: Bool, gone: Double?)>((false, nil))
    func clear() { moments.withLock { $0 = (false, nil) } }
    func reach() { moments.withLock { $0.reached = true } }
    func leave() { moments.withLock { $0.gone = Times.now() } }
    var isReached: Bool { moments.withLock { $0.reached } }
    var gone: Double? { moments.withLock { $0.gone } }
  }

  private let server: ScriptedOrigin
  private let board: Board

  init() throws {
    let board = Board()
    self.board = board
    server = try ScriptedOrigin { peer, _ in
      guard let head = peer.readHead(),
        let phase = ClientAborts.Phase.allCases.first(where: { head.hasPrefix("GET /\($0)") })
      else { return }
      Self.serve(phase, peer, board)
      board.leave()
    }
  }

  var port: Int { server.port }

  /// Milliseconds from a client's leaving in that phase to the origin's knowing.
  func leave(_ phase: ClientAborts.Phase, port: Int) throws -> Double {
    board.clear()
    let client = try SocketPeer.connect(port: port)
    client.write("GET /\(phase) HTTP/1.1\r\nHost: abort\r\n\r\n")
    switch phase {
    case .awaitingHead, .stalled: break
    case .streaming: guard client.read(count: 512 << 10) != nil else { throw NotMeasured(description: "no stream") }
    case .idleBody: guard client.read(through: "held") != nil else { throw NotMeasured(description: "no body") }
    }
    guard waited(for: { board.isReached }) else { throw NotMeasured(description: "\(phase.rawValue): never reached") }
    let left = Times.now()
    client.close()
    guard waited(for: { board.gone != nil }), let gone = board.gone else {
      throw NotMeasured(description: "\(phase.rawValue): the origin was never told that the client left")
    }
    return gone - left
  }

  /// Returns when the client is gone.
  private static func serve(_ phase: ClientAborts.Phase, _ peer: SocketPeer, _ board: Board) {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(1 << 40)\r\n\r\n"
    let block = Array(RandomBytes.table[..<16384])
    switch phase {
    case .awaitingHead: board.reach()
    case .streaming:
      peer.write(head)
      board.reach()
      peer.flood(block, limit: 10)
    case .stalled:
      peer.write(head)
      peer.fill(block, untilQuietFor: 50)
      board.reach()
    case .idleBody:
      peer.write(head + "held")
      board.reach()
    }
    while case .bytes = peer.receive(upTo: 4096) {}
  }
}

#if os(Linux)
  /// A listener that lets nobody in. The kernel's table of connections shows who waits for it.
  private final class FullBacklog {
    private let listener: UnansweringListener
    /// What filled the queue may wait as well.
    private var ownWaiters = 0

    init() throws {
      listener = try UnansweringListener()
      ownWaiters = waiters
    }

    var port: Int { listener.port }

    /// Milliseconds that a client at the listener itself takes to give up.
    func leave() throws -> Double {
      let direct = connecting()
      guard waited(for: { isAwaited }) else { throw NotMeasured(description: "nobody tried to connect") }
      let left = Times.now()
      close(direct)
      return Times.now() - left
    }

    /// Milliseconds from a client's leaving to the moment when the proxy has closed what it was connecting. Seen in the
    /// proxy's descriptors: to look through the table of all connections takes tens of milliseconds.
    func leave(through proxy: ProxyProcess) throws -> Double {
      let before = proxy.descriptors
      let client = try SocketPeer.connect(port: proxy.port)
      client.write("GET / HTTP/1.1\r\nHost: abort\r\n\r\n")
      guard waited(for: { isAwaited }) else { throw NotMeasured(description: "nobody tried to connect") }
      let left = Times.now()
      client.close()
      guard waited(for: { proxy.descriptors == before }) else {
        throw NotMeasured(description: "connecting was never given up")
      }
      let gone = Times.now()
      guard !isAwaited else { throw NotMeasured(description: "the attempt to connect outlived its descriptor") }
      return gone - left
    }

    private func connecting() -> Int32 {
      let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let descriptor = socket(AF_INET, flags, 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(clamping: port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      return descriptor
    }

    private var isAwaited: Bool { waiters > ownWaiters }

    /// How many SYNs to this port are unanswered.
    private var waiters: Int {
      let text = String(port, radix: 16, uppercase: true)
      let target = " 0100007F:" + String(repeating: "0", count: 4 - text.count) + text + " 02 "
      return (SmallFile.read("/proc/net/tcp") ?? "").ranges(of: target).count
    }
  }
#endif
