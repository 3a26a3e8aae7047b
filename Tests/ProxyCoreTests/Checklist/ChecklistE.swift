import TestSupport
import Testing

@testable import ProxyCore

/// Once a head is out, a body is whole or seen to be cut; there is no third (RFC 9112 §8).
@Suite("Checklist E: failure after the head") struct ChecklistE {
  static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
  static let counted = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
  static let untilClose = "HTTP/1.1 200 OK\r\n\r\n"
  static let old = Wire.get(version: "1.0")
  static let impatient: @Sendable (inout ProxyConfiguration) -> Void = { $0.limits.upstreamBody = .milliseconds(80) }

  @Test(
    "E1 a chunked body that breaks off has no end",
    arguments: ["", "5", "5\r\n", "5\r\nhe", "5\r\nhello", "5\r\nhello\r", "5\r\nhello\r\n5\r\nwor"], Wire.Pace.allCases
  )
  func e01CutChunks(_ sent: String, _ pace: Wire.Pace) async throws {
    // A size line goes on when it is whole: it might be the last chunk's.
    try await expectCut(Self.chunked + sent, body: sent == "5" ? "" : sent, pace, then: .fin)
  }

  @Test("E2 a short body is neither padded nor explained", arguments: ["", "h", "hello", "hello wor"])
  func e02ShortBody(_ sent: String) async throws {
    for pace in Wire.Pace.allCases { try await expectCut(Self.counted + sent, body: sent, pace, then: .fin) }
    try await expectCut(Self.counted + sent, body: sent, to: Self.old, then: .fin)
  }

  @Test("E3 silence beyond the limit is a cut", arguments: [(chunked, "5\r\nhello\r\n"), (counted, "hello")])
  func e03Stall(_ head: String, _ sent: String) async throws {
    try await expectCut(head + sent, body: sent, with: Self.impatient)
  }

  @Test("E4 where only the connection's end would end the body, a cut is a reset", arguments: Ending.allCases)
  func e04ResetForHTTP10(_ ending: Ending) async throws {
    for (head, sent) in [(Self.chunked, "5\r\nhello\r\n"), (Self.untilClose, "hello")] {
      // A plain FIN makes a body without framing whole.
      if head == Self.untilClose, ending == .fin { continue }
      let origin = try ScriptedOrigin { peer, origin in
        _ = peer.readHead()
        peer.put(head + sent)
        // Until the client has seen the bytes: a reset overtakes them.
        while origin.requests.isEmpty { yieldThread() }
        switch ending {
        case .open: _ = peer.readToEnd()
        case .fin: peer.close()
        case .reset: peer.reset()
        }
      }
      try await withProxy(to: origin.url, Self.impatient) { server async throws in
        let (seen, rest) = try await blocking {
          let client = try SocketPeer.connect(port: server.port)
          client.put(Self.old)
          let seen = client.read(through: "\r\n\r\nhello")
          origin.note("seen")
          return (seen, client.takeAll())
        }
        #expect(seen?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        #expect(rest.bytes.isEmpty && rest.end == .reset)
      }
    }
  }

  /// The bytes and the reset come with one wake-up: the read after the last good one fails.
  @Test("E1 a reset right behind the bytes ends the client too", arguments: [chunked, counted, untilClose])
  func e01Reset(_ head: String) async throws {
    for _ in 0..<10 {
      let answer = try await relay(head + "5\r\nhello", then: .reset)
      #expect(answer.end == .fin)
      #expect(!answer.text.hasSuffix("0\r\n\r\n"))
      #expect(answer.statuses == [200] || answer.statuses == [502])
    }
  }

  static let causes: [(name: String, sent: String, ending: Ending)] = [
    ("end", "5\r\nhello\r\n", .fin), ("stall", "5\r\nhello\r\n", .open), ("bad size", "5\r\nhello\r\nx\r\n", .open),
    ("bad trailer", "5\r\nhello\r\n0\r\nbad\r\n\r\n", .open), ("bad end of data", "5\r\nhello!!", .open),
  ]

  @Test("E6 nothing is said after the head, whatever the cause", arguments: causes)
  func e06NothingAppended(_ cause: (name: String, sent: String, ending: Ending)) async throws {
    let answer = try await relay(Self.chunked + cause.sent, then: cause.ending, with: Self.impatient)
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + Wire.closed
    #expect(answer.text.hasPrefix(head + "5\r\nhello"))
    // At most what came.
    #expect(cause.sent.utf8.starts(with: answer.text.utf8.dropFirst(head.utf8.count)))
    #expect(!answer.text.contains("problem") && !answer.text.hasSuffix("0\r\n\r\n") && answer.end == .fin)
  }

  @Test("E7 a cut exactly between chunks is a cut", arguments: ["5\r\nhello\r\n", "5\r\nhello\r\n1\r\n!\r\n"])
  func e07BetweenChunks(_ sent: String) async throws {
    for ending in [Ending.fin, .open] {
      try await expectCut(Self.chunked + sent, body: sent, then: ending, with: Self.impatient)
    }
  }

  @Test(
    "E8 a last chunk without its closing line is a cut", arguments: ["0", "0\r", "0\r\n", "0\r\n\r", "0\r\nT: 1\r\n"])
  func e08LastChunk(_ end: String) async throws {
    for pace in Wire.Pace.allCases {
      let origin = try ScriptedOrigin.saying(Self.chunked + "5\r\nhello\r\n" + end, pace, then: .fin)
      let answer = try await withProxy(to: origin.url) { try await ask($0.port, Wire.get("/", "TE: trailers\r\n")) }
      // Not even a part of the last chunk, which a lenient client could take for the end.
      #expect(answer.text.httpBody == "5\r\nhello\r\n" && answer.end == .fin)
      try await e08ForHTTP10(end, pace)
    }
  }

  private func e08ForHTTP10(_ end: String, _ pace: Wire.Pace) async throws {
    let old = try await relay(Self.chunked + "5\r\nhello\r\n" + end, to: Self.old, pace, then: .fin)
    #expect(old.end == .reset)
  }

  /// Longer than any test: what is held is let go by what happens, not by time.
  static let holding: @Sendable (inout ProxyConfiguration) -> Void = { $0.limits.holdHead = .seconds(60) }

  @Test("E10 a head that is held turns into 502 when no byte of its body comes", arguments: [Ending.fin, .reset])
  func e10DeadBeforeTheBody(_ ending: Ending) async throws {
    for head in [Self.counted, Self.chunked, "HTTP/1.1 103 E\r\n\r\n" + Self.counted] {
      let origin = try ScriptedOrigin.saying(head, then: ending)
      let answer = try await withProxy(to: origin.url, Self.holding) {
        try await ask($0.port, Wire.keep() + Wire.get())
      }
      #expect(answer.statuses.suffix(2) == [502, 200] && answer.text.hasSuffix("good"), "\(answer.text)")
      #expect(answer.text.contains("; cause=response_incomplete\r\n") || ending == .reset)
    }
  }

  @Test("E10 it goes out with the first byte of its body, and then a cut is a cut")
  func e10FirstByte() async throws {
    try await expectCut(Self.counted + "h", body: "h", then: .fin, with: Self.holding)
    try await expectCut(Self.chunked + "5\r\nh", body: "5\r\nh", then: .fin, with: Self.holding)
    let whole = try await relay(Self.chunked + "1\r\na\r\n0\r\n\r\n", .byteByByte, with: Self.holding)
    #expect(whole.text.httpBody == "1\r\na\r\n0\r\n\r\n")
  }

  @Test("E10 it goes out alone when its time is over, and at once where no body can come")
  func e10TimeIsOver() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.put(Self.counted)
      // Only the client's having seen the head brings the body.
      while origin.requests.isEmpty { yieldThread() }
      peer.put("helloworld")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url, { $0.limits.holdHead = .milliseconds(30) }) { server async throws in
      let answer = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put(Wire.get())
        let head = client.takeHead() ?? ""
        origin.note("seen")
        return head + client.takeAll().text
      }
      #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n" + Wire.closed + "helloworld")
    }
    for head in ["HTTP/1.1 204 N\r\n", "HTTP/1.1 304 N\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"] {
      #expect(try await relay(head + "\r\n", with: Self.holding).text == head + Wire.closed)
    }
  }

  @Test("E11 a body is incomplete until it is proven whole, at every byte of it")
  func e11IncompleteUntilProven() {
    let chunks = Array("3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\n".utf8)
    for conversion in [BodyRelay.Conversion.verbatim, .withoutChunks] {
      for count in 0..<chunks.count {
        let cut = BodyRelayTests.relay(.chunked, conversion, [Array(chunks[..<count])], ended: true)
        #expect(cut.progress != .complete, "\(count)")
      }
      #expect(BodyRelayTests.relay(.chunked, conversion, [chunks]).progress == .complete)
    }
    for count in 0..<5 {
      let cut = BodyRelayTests.relay(.length(5), .verbatim, [[UInt8](repeating: 97, count: count)], ended: true)
      #expect(cut.progress != .complete)
    }
    #expect(BodyRelayTests.relay(.close, .verbatim, [[97]]).progress == .more)
  }

  @Test("E11 after a head the only whole end is one that was proven")
  func e11OnlyProofEnds() {
    let events: [@Sendable (inout ExchangeStateMachine) -> ExchangeStateMachine.Action] = [
      { $0.upstreamEnded() }, { $0.failed(.bodyTimeout) }, { $0.failed(.malformedResponse) },
      { $0.clientEnded(.clientAbort) },
    ]
    for framing in [BodyFraming.chunked, .length(5), .close] {
      for event in events {
        var machine = ExchangeStateMachineTests.streaming(framing)
        for action in [event(&machine), machine.responseCompleted(excess: false)] {
          if case .finish = action { Issue.record("finished \(framing)") }
        }
      }
    }
  }

  @Test("E12 a cut is counted as one, with its cause; a whole body is not")
  func e12Counted() async throws {
    let admin = try HostAndPort("127.0.0.1:0")
    let origin = try ScriptedOrigin.saying(Self.chunked + "5\r\nhello\r\n", then: .fin)
    try await withProxy(to: origin.url, { $0.adminListen = admin }) { server async throws in
      let port = try #require(server.adminPort)
      #expect(try await !ask(server.port, Wire.get()).text.hasSuffix("0\r\n\r\n"))
      #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
      let stats = try await ProxyStats.read(port)
      #expect(ProxyStats.number(stats, "streams_total") == 2 && ProxyStats.number(stats, "incomplete_total") == 1)
      #expect(stats.contains("\"upstream_errors\":{\"http_response_incomplete\":1}"))
    }
  }

  @Test(
    "E13 what follows a whole body is not passed on, and its connection not used again", arguments: Wire.Pace.allCases)
  func e13Excess(_ pace: Wire.Pace) async throws {
    let bodies = [
      ("Content-Length: 3", "abc"), ("Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n"), ("Content-Length: 0", ""),
    ]
    for (field, body) in bodies {
      let origin = try ScriptedOrigin.saying("HTTP/1.1 200 OK\r\n\(field)\r\n\r\n" + body + Wire.good, pace)
      // Not the idle limit must end the connection.
      try await withProxy(to: origin.url, { $0.limits.upstreamIdle = .seconds(60) }) { server async throws in
        let answer = try await ask(server.port, Wire.get())
        #expect(answer.text.httpBody == body && answer.statuses == [200])
        #expect(await eventually { origin.isBurnt })
        #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
        #expect(origin.connections == 2)
      }
    }
  }

  @Test("E13 what follows a whole body is told in the log and counted, though the response was whole")
  func e13ExcessIsTold() async throws {
    let three = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    for (head, body) in [(three, "abc"), (Self.chunked, "3\r\nabc\r\n0\r\n\r\n")] {
      let origin = try ScriptedOrigin.saying(head + body + Wire.good)
      let lines = try await AccessLogTests.logged(.failed, to: origin.url) {
        $0.telemetry = true
      } _: { server, _ in
        let answer = try await ask(server.port, Wire.get())
        #expect(answer.statuses == [200] && answer.text.httpBody == body)
        let metrics = try await MetricsTests.scrape(server)
        #expect(metrics.value("gzproxy_upstream_errors_total", ["proxy_status": "http_protocol_error"]) == 1)
      }
      let line = try #require(lines.first)
      #expect(lines.count == 1 && line.status == 200 && line.complete && line.cause == "excess_response")
      #expect(line.bytesOut == 3)
    }
  }
}
