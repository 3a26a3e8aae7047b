import TestSupport
import Testing

@testable import ProxyCore

/// Every form of the list, in every spelling, at once and byte by byte, from either side. F0.42, bytes behind
/// `Connection: close`, is F15.
@Suite("Checklist F0: forms that every strict parser refuses") struct ChecklistF0 {
  /// Whole messages that have one form in one place: a function from each spelling to them.
  struct Placed: Sendable, CustomTestStringConvertible {
    var form: RejectedForm
    var place: String
    var messages: @Sendable (String) -> [String]
    var testDescription: String { "\(form.testDescription), \(place)" }

    static func all(
      _ forms: [RejectedForm], _ place: String, _ messages: @escaping @Sendable (String) -> [String]
    ) -> [Placed] {
      forms.map { Placed(form: $0, place: place, messages: messages) }
    }
  }

  static let requestFields = Placed.all(RejectedForm.inFields, "in the fields") { spelling in
    // Behind the start line a fold is a leading space; only behind a field is it one.
    ["GET / HTTP/1.1\r\n\(spelling)Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\(spelling)\r\n"]
  }
  static let requestFraming = Placed.all(RejectedForm.framing, "as the framing") { spelling in
    ["POST", "GET"].map { "\($0) / HTTP/1.1\r\nHost: a\r\n\(spelling)\r\n0\r\n\r\n" }
  }
  static let requestLines = Placed.all(RejectedForm.requestLines, "as the first line") { spelling in
    ["\(spelling)\r\nHost: a\r\n\r\n"]
  }

  static let responseFields = Placed.all(RejectedForm.inFields, "in the fields") { spelling in
    [
      "HTTP/1.1 200 OK\r\n\(spelling)Content-Length: 0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(spelling)\r\n", "HTTP/1.1 100 C\r\n\(spelling)\r\n",
    ]
  }
  static let responseFraming = Placed.all(RejectedForm.framing, "as the framing") { spelling in
    ["HTTP/1.1 200 OK\r\n\(spelling)\r\n0\r\n\r\n"]
  }
  static let statusLines = Placed.all(RejectedForm.statusLines, "as the first line") { spelling in
    ["\(spelling)\r\nContent-Length: 0\r\n\r\n"]
  }

  private func inEverySpelling(_ form: RejectedForm, _ body: (String, Wire.Pace) async throws -> Void) async rethrows {
    for spelling in form.spellings {
      for pace in Wire.Pace.allCases { try await body(spelling, pace) }
    }
  }

  @Test("F0 in a request", arguments: requestFields + requestFraming + requestLines)
  func f0Requests(_ placed: Placed) async throws {
    let form = placed.form
    try await inEverySpelling(form) { spelling, pace in
      for request in placed.messages(spelling) {
        try await expectRefusal(request, form.status, cause: form.requestCause, pace)
      }
    }
  }

  @Test("F0 in a response", arguments: responseFields + responseFraming + statusLines)
  func f0Responses(_ placed: Placed) async throws {
    let cause = placed.form.responseCause
    try await inEverySpelling(placed.form) { spelling, pace in
      for response in placed.messages(spelling) {
        try await expectBadGateway(response, cause: cause.name, token: cause.token, pace)
      }
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
