#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The one thread of a `ScriptedServer`: a poll loop over its connections.
final class ScriptedLoop {
  private final class Connection {
    let descriptor: Int32
    let index: Int
    var input: [UInt8] = []
    var output: ArraySlice<UInt8> = []
    var steps: ArraySlice<ScriptedServer.Step> = []
    /// 0 is now, `.max` is never.
    var resumeAt: Int64 = 0
    var isOpen = true
    init(descriptor: Int32, index: Int) {
      self.descriptor = descriptor
      self.index = index
    }
  }

  private let server: ScriptedServer
  private var connections: [Connection] = []

  init(_ server: ScriptedServer) { self.server = server }

  func run() {
    let (listener, bell) = server.descriptors
    while true {
      var polled = [
        pollfd(fd: bell, events: Int16(POLLIN), revents: 0), pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections {
        let events = connection.output.isEmpty ? POLLIN : POLLIN | POLLOUT
        polled.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
      }
      _ = poll(&polled, nfds_t(polled.count), patience())
      if polled[0].revents != 0 { break }
      for (connection, state) in zip(connections, polled.dropFirst(2)) where state.revents != 0 { read(connection) }
      for connection in connections where connection.isOpen { advance(connection) }
      connections.removeAll { !$0.isOpen }
      if polled[1].revents != 0 { accept(listener) }
    }
    for connection in connections { end(connection) }
  }

  private func patience() -> Int32 {
    let now = Self.milliseconds()
    // A connection that does not wait was advanced as far as it goes; one whose time came meanwhile was not.
    let due = connections.map(\.resumeAt).filter { $0 != 0 && $0 != .max }.min()
    return due.map { Int32(clamping: max(0, $0 - now)) } ?? -1
  }

  private func accept(_ listener: Int32) {
    while true {
      #if canImport(Glibc)
        let descriptor = Glibc.accept(listener, nil, nil)
      #else
        let descriptor = Darwin.accept(listener, nil, nil)
      #endif
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      connections.append(Connection(descriptor: descriptor, index: server.noteAccepted()))
    }
  }

  private func read(_ connection: Connection) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(connection.descriptor, &buffer, buffer.count, 0)
      if count > 0 {
        connection.input.append(contentsOf: buffer[..<count])
      } else {
        if count == 0 || (errno != EAGAIN && errno != EINTR) { end(connection) }
        return
      }
    }
  }

  private func advance(_ connection: Connection) {
    while connection.isOpen {
      guard flush(connection), connection.resumeAt <= Self.milliseconds() else { return }
      connection.resumeAt = 0
      guard let step = connection.steps.popFirst() else {
        guard let request = takeRequest(connection) else { return }
        connection.steps = server.answer(request)[...]
        continue
      }
      switch step {
      case .send(let text): connection.output = Array(text.utf8)[...]
      case .bytes(let bytes): connection.output = bytes[...]
      case .wait(let milliseconds): connection.resumeAt = Self.milliseconds() + Int64(milliseconds)
      case .hang: connection.resumeAt = .max
      case .close: end(connection)
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        end(connection)
      }
    }
  }

  /// True when nothing is left to send.
  private func flush(_ connection: Connection) -> Bool {
    while !connection.output.isEmpty {
      #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
      #else
        let flags: Int32 = 0
      #endif
      let count = connection.output.withUnsafeBytes { send(connection.descriptor, $0.baseAddress, $0.count, flags) }
      guard count > 0 else {
        if errno != EAGAIN, errno != EINTR { end(connection) }
        return false
      }
      connection.output = connection.output.dropFirst(count)
    }
    return true
  }

  private func takeRequest(_ connection: Connection) -> ScriptedServer.Request? {
    guard let head = connection.input.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: connection.input[..<head.lowerBound], as: UTF8.self)
      .split(separator: "\r\n").map(String.init)
    let words = (lines.first ?? "").split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var request = ScriptedServer.Request(
      connection: connection.index, number: 0, method: words[0], path: words[1], headers: Array(lines.dropFirst()),
      body: [])
    let length = request.values("content-length").first.flatMap { Int($0) } ?? 0
    guard connection.input.count >= head.upperBound + length else { return nil }
    request.body = Array(connection.input[head.upperBound..<head.upperBound + length])
    connection.input.removeFirst(head.upperBound + length)
    return request
  }

  private func end(_ connection: Connection) {
    guard connection.isOpen else { return }
    connection.isOpen = false
    close(connection.descriptor)
    server.noteClosed()
  }

  private static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
