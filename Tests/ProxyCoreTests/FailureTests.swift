import TestSupport
import Testing

@testable import ProxyCore

/// Over real sockets: what fails is told before the head, and seen as a cut after it; the items of the checklist are in
/// suites of their own.
@Suite struct FailureTests {
  @Test func theNameDoesNotExist() async throws {
    let text = try await withProxy(to: "http://no-such-host.invalid:9", { $0.limits.upstreamConnect = .seconds(3) }) {
      try await exchange($0.port, get()).text
    }
    #expect(text.contains("error=dns_error") || text.contains("error=dns_timeout"))
  }

  @Test func aSlowRequest() async throws {
    let origin = try ScriptedOrigin { _, _ in }
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.clientHead = .milliseconds(80)
      $0.limits.clientBody = .milliseconds(80)
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let head = try await exchange(server.port, "GET / HT").text
      #expect(head.hasPrefix("HTTP/1.1 408") && head.contains("connection: close"))
      #expect(try await exchange(server.port, "").text.isEmpty)
    }
    let silent = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    try await withProxy(to: silent.url, change) { server async throws in
      let body = try await exchange(server.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab").text
      #expect(body.hasPrefix("HTTP/1.1 408"))
    }
  }

  /// Whole at the proxy is not whole at the client: what a shutdown keeps from the kernel is cut, and seen to be.
  @Test func aResponseThatIsNotAllSentAtShutdownIsReset() async throws {
    let body = String(repeating: "x", count: 100_000)
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n\(body)\r\n0\r\n\r\n")
    try await withProxy(to: origin.url, { $0.clientSendBuffer = 8192 }) { server async throws in
      let client = try await blocking {
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 2048)
        client.write("GET / HTTP/1.0\r\n\r\n")
        _ = client.read(through: "\r\n\r\n")
        return client
      }
      let cut = await server.shutdown(within: .milliseconds(100))
      let (bytes, end) = try await blocking { client.readToEnd() }
      #expect(end == .reset || bytes.count >= body.utf8.count)
      #expect(cut == (end == .reset ? 1 : 0))
    }
  }

  @Test func aRequestWithoutAnAnswerIsToldOfTheShutdown() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      if let head = peer.readHead() { origin.note(head) }
      _ = peer.readHead()
    }
    try await withProxy(to: origin.url) { server async throws in
      async let answer = exchange(server.port, get())
      #expect(await eventually { !origin.requests.isEmpty })
      #expect(await server.shutdown(within: .zero) == 1)
      let (text, end) = try await answer
      #expect(text.hasPrefix("HTTP/1.1 503 ") && text.contains("cause=draining") && end == .fin)
    }
  }
}
