import TestSupport
import Testing

@testable import ProxyCore

/// What ends a response's body, and how it goes on to the client (RFC 9112 §6, §7).
@Suite("Checklist A: framing and bodies") struct ChecklistA {
  @Test("A1 a counted body keeps its length and its bytes")
  func a01CountedBody() async throws {
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 300000\r\n\r\n")
      peer.write(body)
      _ = peer.readToEnd()
    }
    let answer = try await withProxy(to: origin.url) { try await ask($0.port, Wire.get()) }
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 300000\r\n" + Wire.closed
    #expect(answer.text.hasPrefix(head))
    let isExact = answer.bytes.suffix(300_000).elementsEqual(body)
    #expect(isExact && answer.bytes.count == head.utf8.count + 7 + 300_000 && answer.end == .fin)
  }

  @Test("A2 chunks arrive as they were, and none of them is empty", arguments: Wire.Pace.allCases)
  func a02Chunks(_ pace: Wire.Pace) async throws {
    let body = "5;x=\"y z\"\r\nhello\r\n00a\r\n0123456789\r\nB\r\nhello world\r\n0\r\n\r\n"
    let answer = try await relay("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body, pace)
    #expect(answer.text == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + Wire.closed + body)
  }

  @Test("A3 HTTP/1.0 gets the data without chunks, until the connection's end", arguments: Wire.Pace.allCases)
  func a03NoChunksForHTTP10(_ pace: Wire.Pace) async throws {
    let answer = try await relay(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: 1\r\n\r\n",
      to: "GET / HTTP/1.0\r\nConnection: keep-alive, TE\r\nTE: trailers\r\nX-Request-Id: me\r\n\r\n", pace)
    #expect(answer.text == "HTTP/1.1 200 OK\r\n" + Wire.closed + "abcde")
    #expect(answer.end == .fin)
  }

  @Test("A4 a body that ends with its connection is whole after FIN, and becomes chunks", arguments: ["1.0", "1.1"])
  func a04CloseDelimited(_ version: String) async throws {
    let response = "HTTP/\(version) 200 OK\r\n\r\nhello"
    let new = try await relay(response, then: .fin)
    let via = "via: \(version) gzproxy-X\r\nx-request-id: me\r\nconnection: close\r\n\r\n"
    #expect(new.text == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + via + "5\r\nhello\r\n0\r\n\r\n")
    let old = try await relay(response, to: Wire.get(version: "1.0"), then: .fin)
    #expect(old.text == "HTTP/1.1 200 OK\r\n" + via + "hello" && old.end == .fin)
  }

  @Test("A4 after a reset it is not whole", arguments: ["1.0", "1.1"])
  func a04ResetIsACut(_ version: String) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\n\r\nhello")
      // Until the client has seen the bytes.
      while origin.requests.isEmpty { yieldThread() }
      peer.reset()
    }
    try await withProxy(to: origin.url) { server async throws in
      let answer = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put(Wire.get(version: version))
        _ = client.takeHead()
        let first = client.read(through: "hello") ?? ""
        origin.note("seen")
        let rest = client.takeAll()
        return (first + rest.text, rest.end)
      }
      #expect(answer.0 == (version == "1.1" ? "5\r\nhello\r\n" : "hello"))
      #expect(answer.1 == (version == "1.1" ? .fin : .reset))
    }
  }

  @Test("A4 after silence it is not whole")
  func a04SilenceIsACut() async throws {
    try await expectCut("HTTP/1.1 200 OK\r\n\r\nhello", body: "5\r\nhello\r\n") {
      $0.limits.upstreamBody = .milliseconds(80)
    }
  }

  @Test("A5 HEAD keeps its head, sends no body, and the connection goes on")
  func a05HeadKeepsItsHead() async throws {
    let heads = [
      "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Encoding: gzip\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", "HTTP/1.1 200 OK\r\nETag: \"x\"\r\n",
    ]
    let origin = try ScriptedOrigin { peer, _ in
      for head in heads where peer.readHead()?.hasPrefix("HEAD") == true { peer.write(head + "\r\n") }
      _ = peer.readHead()
      peer.write(Wire.good)
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let (seen, last) = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        var seen: [String] = []
        for _ in heads {
          client.put(Wire.keep(method: "HEAD"))
          seen.append(client.takeHead() ?? "")
        }
        client.put(Wire.get())
        return (seen, client.takeAll())
      }
      #expect(seen[0] == heads[0] + Wire.kept)
      #expect(seen[1] == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + Wire.kept)
      #expect(seen[2] == heads[2] + Wire.kept)
      #expect(last.text == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.closed + "good")
    }
    #expect(origin.connections == 1)
  }

  static let bodiless = [
    (204, "HTTP/1.1 204 N\r\nContent-Length: 4\r\nETag: \"x\"\r\n", "HTTP/1.1 204 N\r\nETag: \"x\"\r\n"),
    (
      304, "HTTP/1.1 304 N\r\nContent-Length: 4\r\nETag: \"x\"\r\n",
      "HTTP/1.1 304 N\r\nContent-Length: 4\r\nETag: \"x\"\r\n"
    ),
    (204, "HTTP/1.1 204 N\r\n", "HTTP/1.1 204 N\r\n"), (304, "HTTP/1.1 304 N\r\n", "HTTP/1.1 304 N\r\n"),
  ]

  @Test("A6 204 and 304 have no body, and only 304 keeps a length; the connections go on", arguments: bodiless)
  func a06Bodiless(_ status: Int, _ head: String, _ expected: String) async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(head + "\r\n")
      while peer.readHead() != nil { peer.write(Wire.good) }
    }
    try await withProxy(to: origin.url) { server async throws in
      let answer = try await ask(server.port, Wire.keep() + Wire.get())
      #expect(
        answer.text == expected + Wire.kept + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.closed + "good")
    }
    #expect(origin.connections == 1)
  }

  @Test("A6 a body behind 204 or 304 is never sent on, and its connection not used again", arguments: bodiless)
  func a06BodyBehindBodiless(_ status: Int, _ head: String, _ expected: String) async throws {
    let origin = try ScriptedOrigin.saying(head + "\r\nevil")
    try await withProxy(to: origin.url) { server async throws in
      let answer = try await ask(server.port, Wire.keep())
      #expect(answer.text == expected + Wire.kept && answer.end == .fin)
      #expect(await eventually { origin.isBurnt })
      #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
    }
  }

  @Test("A6 a body behind an interim response is not a response")
  func a06BodyBehindInterim() async throws {
    let answer = try await relay("HTTP/1.1 103 E\r\nContent-Length: 4\r\n\r\nevil" + Wire.good)
    #expect(answer.statuses == [103, 502] && answer.text.contains("; cause=malformed_response\r\n"))
    #expect(answer.text.hasPrefix("HTTP/1.1 103 E\r\n\r\n"))
  }
}
