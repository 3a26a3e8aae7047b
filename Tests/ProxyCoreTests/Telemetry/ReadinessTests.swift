import TestSupport
import Testing

@testable import ProxyCore

/// The admin listener: apart from the public one, and there to the end of a drain.
@Suite struct ReadinessTests {
  @Test func readinessEndsBeforeTheListenerAndStreamsGoOn() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
      while origin.requests.isEmpty { yieldThread() }
      peer.write("llo")
      _ = peer.readToEnd()
    }
    let admin = try HostAndPort("127.0.0.1:0")
    try await withProxy(to: origin.url) {
      $0.adminListen = admin
    } _: { server async throws in
      let adminPort = try #require(server.adminPort)
      func status(_ port: Int, _ path: String) async -> Int? {
        let text = try? await exchange(port, get("/.gzproxy/\(path)")).text
        return RawResponse(Array((text ?? "").utf8))?.status
      }
      #expect(await status(adminPort, "readyz") == 200)
      #expect(await status(server.port, "readyz") == 200)
      #expect(await status(adminPort, "") == 404, "nothing is forwarded from there")
      let client = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write(get("/slow"))
        _ = client.read(through: "he")
        return client
      }
      async let cut = server.shutdown(within: .seconds(20))
      #expect(await eventually { await status(adminPort, "readyz") == 503 })
      #expect(await status(adminPort, "healthz") == 200)
      #expect(await status(adminPort, "metrics") == 200)
      origin.note("go")
      let rest = try await blocking { String(decoding: client.readToEnd().bytes, as: UTF8.self) }
      #expect(rest == "llo")
      #expect(await cut == 0)
    }
  }
}
