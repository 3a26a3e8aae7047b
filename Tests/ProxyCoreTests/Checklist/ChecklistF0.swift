import TestSupport
import Testing

@testable import ProxyCore

/// Every form of the list, in every spelling, at once and byte by byte, from either side. F0.42, bytes behind
/// `Connection: close`, is F15.
@Suite("Checklist F0: forms that every strict parser refuses") struct ChecklistF0 {
  private func inEverySpelling(_ form: RejectedForm, _ body: (String, Wire.Pace) async throws -> Void) async rethrows {
    for spelling in form.spellings {
      for pace in Wire.Pace.allCases { try await body(spelling, pace) }
    }
  }

  private func expectRefusal(_ requests: [String], _ form: RejectedForm, _ pace: Wire.Pace) async throws {
    for request in requests {
      try await ProxyCoreTests.expectRefusal(request, form.status, cause: form.requestCause, pace)
    }
  }

  private func expectBadGateway(_ responses: [String], _ form: RejectedForm, _ pace: Wire.Pace) async throws {
    let cause = form.responseCause
    for response in responses {
      try await ProxyCoreTests.expectBadGateway(response, cause: cause.name, token: cause.token, pace)
    }
  }

  @Test("F0 in a request's fields", arguments: RejectedForm.inFields)
  func f0RequestFields(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      // Behind the start line a fold is a leading space; only behind a field is it one.
      let first = "GET / HTTP/1.1\r\n\(spelling)Host: a\r\n\r\n"
      let last = "GET / HTTP/1.1\r\nHost: a\r\n\(spelling)\r\n"
      try await expectRefusal([first, last], form, pace)
    }
  }

  @Test("F0 in a response's fields", arguments: RejectedForm.inFields)
  func f0ResponseFields(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      let first = "HTTP/1.1 200 OK\r\n\(spelling)Content-Length: 0\r\n\r\n"
      let last = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(spelling)\r\n"
      let interim = "HTTP/1.1 100 C\r\n\(spelling)\r\n"
      try await expectBadGateway([first, last, interim], form, pace)
    }
  }

  @Test("F0 in a request's framing", arguments: RejectedForm.framing)
  func f0RequestFraming(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      let rest = " / HTTP/1.1\r\nHost: a\r\n\(spelling)\r\n0\r\n\r\n"
      try await expectRefusal(["POST" + rest, "GET" + rest], form, pace)
    }
  }

  @Test("F0 in a response's framing", arguments: RejectedForm.framing)
  func f0ResponseFraming(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      try await expectBadGateway(["HTTP/1.1 200 OK\r\n\(spelling)\r\n0\r\n\r\n"], form, pace)
    }
  }

  @Test("F0 in a request line", arguments: RejectedForm.requestLines)
  func f0RequestLines(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      try await expectRefusal(["\(spelling)\r\nHost: a\r\n\r\n"], form, pace)
    }
  }

  @Test("F0 in a status line", arguments: RejectedForm.statusLines)
  func f0StatusLines(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      try await expectBadGateway(["\(spelling)\r\nContent-Length: 0\r\n\r\n"], form, pace)
    }
  }

  /// The head may be on its way before the fault comes; what matters is that the origin never gets a whole request, nor
  /// anything from behind the fault.
  @Test("F0 in a request's chunks", arguments: RejectedForm.chunks)
  func f0RequestChunks(_ form: RejectedForm) async throws {
    try await inEverySpelling(form) { spelling, pace in
      let origin = try ScriptedOrigin { peer, origin in
        origin.note(Wire.text(peer.readToEnd().bytes))
      }
      try await withProxy(to: origin.url) { server async throws in
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let answer = try await ask(server.port, head + "2\r\nhi\r\n" + spelling + "0\r\n\r\n" + Wire.smuggled, pace)
        #expect(answer.statuses == [400] && answer.end == .fin, "\(spelling.debugDescription)")
        #expect(answer.text.contains("; cause=malformed_request_body\r\n"))
        #expect(await eventually { origin.requests.count == origin.connections })
        let seen = origin.requests.joined()
        #expect(!seen.contains("0\r\n\r\n") && !seen.contains("smuggled"), "\(spelling.debugDescription)")
      }
    }
  }

  @Test("F0 in a response's chunks", arguments: RejectedForm.chunks)
  func f0ResponseChunks(_ form: RejectedForm) async throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    try await inEverySpelling(form) { spelling, pace in
      let body = "2\r\nhi\r\n" + spelling + "0\r\n\r\n"
      let origin = try ScriptedOrigin.saying(head + body + Wire.good, pace)
      try await withProxy(to: origin.url) { server async throws in
        let answer = try await ask(server.port, Wire.keep())
        #expect(answer.statuses == [200] && answer.end == .fin, "\(spelling.debugDescription)")
        // What came before the fault, as far as it was understood, and no end.
        let passed = answer.text.httpBody
        #expect(passed.hasPrefix("2\r\nhi") && body.utf8.starts(with: passed.utf8))
        #expect(!passed.contains("0\r\n\r\n") && !passed.contains("good"), "\(spelling.debugDescription)")
        #expect(await eventually { origin.isBurnt })
        #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
      }
    }
  }
}
