import Synchronization
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A proxy for CONNECT and nothing else, to ports of 127.0.0.1; one tunnel after the other, in one thread.
final class TunnelProxy: Sendable {
  let port: Int
  private let listener: Int32
  private let count = Mutex(0)
  private let thread = Mutex<PlainThread?>(nil)

  var tunnels: Int { count.withLock { $0 } }

  init() throws {
    (listener, port) = try ScriptedServer.listen()
    let started = PlainThread.start(name: "tunnel") { [self] in serve() }
    thread.withLock { $0 = started }
  }

  #if canImport(Glibc)
    private static let noSignal = Int32(MSG_NOSIGNAL)
  #else
    private static let noSignal: Int32 = 0
  #endif

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    thread.withLock { $0 }?.join()
    close(listener)
  }

  private func serve() {
    while true {
      var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 20_000) == 1, waiting.revents == Int16(POLLIN) else { return }
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      tunnel(client)
      close(client)
    }
  }

  private func tunnel(_ client: Int32) {
    _ = fcntl(client, F_SETFL, 0)
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard recv(client, &byte, 1, 0) == 1 else { return }
      head.append(byte)
    }
    let words = String(decoding: head, as: UTF8.self).split(separator: " ")
    guard words.first == "CONNECT", words.count > 1, let colon = words[1].lastIndex(of: ":"),
      let port = Int(words[1][words[1].index(after: colon)...]), let target = ScriptedServer.connected(port)
    else { return }
    defer { close(target) }
    count.withLock { $0 += 1 }
    let answer = Array("HTTP/1.1 200 OK\r\nX-Of-The-Proxy: yes\r\n\r\n".utf8)
    guard send(client, answer, answer.count, Self.noSignal) == answer.count else { return }
    var ends = [
      pollfd(fd: client, events: Int16(POLLIN), revents: 0), pollfd(fd: target, events: Int16(POLLIN), revents: 0),
    ]
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while poll(&ends, 2, 10_000) > 0 {
      for index in 0...1 where ends[index].revents != 0 {
        let got = recv(ends[index].fd, &buffer, buffer.count, 0)
        guard got > 0, send(ends[1 - index].fd, buffer, got, Self.noSignal) == got else { return }
      }
    }
  }
}
