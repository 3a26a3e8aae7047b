import TestSupport
import Testing
import ToolSupport

@testable import LoadGen
@testable import Origin

/// Every front and every fault of gzorigin, through the real engine: what each is found to be, and what a person is told.
@Suite struct CauseTableTests {
  struct Finding: Sendable {
    var verdict: Verdict
    var transport = TransportOutcome.complete
    var status = 200
    var cause: FailureCause?
    /// What the advice must say, so that it is about this and not about anything.
    var advice: String
    /// What the kept body begins with.
    var begins: [UInt8] = [0x1f, 0x8b, 8]
  }

  /// No default: a new front does not compile without its row. Nil is a stream that does not fail.
  private static func finding(_ front: Front) -> Finding? {
    switch front {
    case .functionURL502:
      error(502, .functionError, "Lambda answered before your code's head; look for", "Internal")
    case .functionURL403:
      error(403, .forbidden, "the Function URL refused the caller; look at its auth type", "{\"Message\"")
    case .throttle429: error(429, .throttled, "Lambda has no instance free", "{\"Reason\"")
    case .rest500: error(500, .preludeInvalid, "could not use the streaming prelude, or may not invoke", "{\"message\"")
    case .rest502: error(502, .functionError, "see the execution log", "{\"message\"")
    case .rest504: error(504, .gatewayTimeout, "waited its 29 or 30 s", "{\"message\"")
    case .rest403: error(403, .forbidden, "no such path, stage or method", "{\"message\"")
    case .rest413: error(413, .requestTooLarge, "the REST API's 10 MB", "{\"message\"")
    case .rest429: error(429, .throttled, "rate or burst limit", "{\"message\"")
    case .httpAPI500: error(500, .functionError, "what the HTTP API cannot read", "{\"message\"")
    case .httpAPI503: error(503, .throttled, "look at the function's Throttles", "{\"message\"")
    case .httpAPI403: error(403, .forbidden, "check the credentials", "{\"message\"")
    case .httpAPI413: error(413, .requestTooLarge, "the HTTP API's 10 MB", "{\"message\"")
    case .httpAPI429: error(429, .throttled, "rate or burst limit", "{\"message\"")
    case .alb502: error(502, .albInvalidResponse, "access log's reason", "<html>")
    case .alb503: error(503, .throttled, "no healthy target", "<html>")
    case .alb504: error(504, .gatewayTimeout, "did not answer the ALB in time", "<html>")
    case .alb413: error(413, .requestTooLarge, "the ALB's 1 MB", "<html>")
    case .noPrelude: nil
    case .preludeLeak: Finding(verdict: .preludeLeaked, advice: "invoke mode", begins: Array("{\"statusCode\"".utf8))
    case .base64Body: Finding(verdict: .base64Text, advice: "isBase64Encoded", begins: Array("H4sI".utf8))
    case .inBandError: Finding(verdict: .inBandError, advice: "the function failed midway")
    case .decoded: Finding(verdict: .decodedOnTheWay, advice: "automatic decoding", begins: [])
    }
  }

  private static func error(_ status: Int, _ cause: FailureCause, _ advice: String, _ begins: String) -> Finding {
    Finding(verdict: .unchecked, status: status, cause: cause, advice: advice, begins: Array(begins.utf8))
  }

  private static func finding(_ fault: Fault.Name) -> Finding {
    switch fault {
    case .crc: Finding(verdict: .corruptCRC, advice: "not to what was compressed")
    case .isize: Finding(verdict: .corruptLength, advice: "the length in the trailer")
    case .bitflip: Finding(verdict: .corruptData, advice: "cannot be inflated")
    case .truncate, .noTrailer: Finding(verdict: .truncated, advice: "no end although HTTP looks fine")
    case .cut: Finding(verdict: .truncated, transport: .cut, advice: "died or hung up midway")
    case .reset: Finding(verdict: .truncated, transport: .reset, advice: "the connection was reset")
    case .shortLength: Finding(verdict: .valid, transport: .cut, advice: "the connection ended before the message did")
    case .notGzip: Finding(verdict: .notGzip, advice: "Content-Encoding says gzip", begins: Array("{\"message\"".utf8))
    case .trailing: Finding(verdict: .trailingData, advice: "appends to it")
    case .stall: Finding(verdict: .truncated, transport: .stalled, advice: "no byte came for --stall-timeout")
    case .lengthAndChunked:
      Finding(verdict: .valid, transport: .protocolError, advice: "Content-Length beside Transfer-Encoding")
    }
  }

  @Test(arguments: [ValidationMode.full, .compare]) func fronts(mode: ValidationMode) async throws {
    try await Self.withOrigin { base in
      for front in Front.allCases {
        let result = try EngineHarness.run(Self.plan("\(base)/front/\(front.rawValue)", mode))
        if let finding = Self.finding(front) {
          Self.expect(finding, result, front.rawValue)
        } else {
          #expect(result.counters.verdicts[.empty] == 2 && result.counters.ok == 2, "\(front.rawValue)")
        }
      }
    }
  }

  /// As the default has it: a healthy body first, which becomes the reference.
  @Test(arguments: [ValidationMode.full, .compare]) func faults(mode: ValidationMode) async throws {
    try await Self.withOrigin { base in
      for fault in Fault.Name.allCases {
        let framing = fault == .shortLength ? "length" : "chunked"
        let url = "\(base)/gzip/64KiB?framing=\(framing)&fault=\(fault.rawValue)"
        Self.expect(Self.finding(fault), try EngineHarness.run(Self.plan(url, mode)), fault.rawValue)
      }
    }
  }

  /// A page that was not asked for is no failure of gzip, and one that was expected is found missing.
  @Test func anEmptyAnswerIsNoGzip() async throws {
    try await Self.withOrigin { base in
      var plan = Self.plan("\(base)/front/no-prelude", .compare)
      plan.expectations.gzip = true
      let result = try EngineHarness.run(plan)
      #expect(result.counters.failed == 2)
      #expect(result.evidence.first?.outcome == "expectation gzip")
      #expect(result.evidence.first?.advice == "the body is not gzip (empty)")
    }
  }

  private static func plan(_ url: String, _ mode: ValidationMode) -> LoadPlan {
    EngineHarness.plan(url) {
      $0.streams = 2
      $0.concurrency = 2
      $0.validation = mode
      $0.stallTimeout = TimeSpan(nanoseconds: 500_000_000)
    }
  }

  private static func expect(_ finding: Finding, _ result: RunResult, _ name: String) {
    let counters = result.counters
    #expect(counters.failed == 2, "\(name)")
    #expect(counters.verdicts[finding.verdict] == 2, "\(name): \(counters.verdicts.counted)")
    #expect(counters.transport[finding.transport] == 2, "\(name): \(counters.transport.counted)")
    #expect(counters.status == [finding.status: 2], "\(name)")
    let causes = counters.causes[finding.status]?.counted.map(\.key) ?? []
    #expect(causes == (finding.cause.map { [$0] } ?? []), "\(name)")
    guard let evidence = result.evidence.first else { return #expect(Bool(false), "\(name): no evidence") }
    #expect(evidence.advice.contains(finding.advice), "\(name): \(evidence.advice)")
    #expect(evidence.advice.count <= 200 && !evidence.advice.contains("\n"), "\(name)")
    #expect(evidence.cause == finding.cause && evidence.status == finding.status, "\(name)")
    #expect(evidence.headers.contains { $0.name.lowercased() == "content-type" }, "\(name)")
    // The edges of the body as it came, whole or not.
    #expect(evidence.bodyHead.starts(with: finding.begins), "\(name)")
    #expect(evidence.bodyHead.count <= Evidence.headLimit && !evidence.bodyHead.isEmpty, "\(name)")
    #expect(evidence.bodyTail.count == Evidence.tailLimit, "\(name)")
    if finding.status == 200, finding.verdict != .notGzip {
      #expect(evidence.bodyHead.count == Evidence.headLimit, "\(name)")
    }
  }

  private static func withOrigin(_ body: @escaping @Sendable (String) throws -> Void) async throws {
    let server = try await OriginServer.start(port: 0, threads: 1)
    let base = "http://127.0.0.1:\(server.port)"
    let result: Result<Void, any Error>
    do { result = .success(try await RawClient.run { try body(base) }) } catch { result = .failure(error) }
    await server.shutdown()
    try result.get()
  }
}

/// The ways to tell that somebody inflated a body before it came here.
@Suite struct DecodedOnTheWayTests {
  private static let text = GzipFixture.text(2000)
  private static let gzip = GzipFixture.member(text)

  private static func answer(_ body: [UInt8], _ fields: String = "") -> [ScriptedServer.Step] {
    [.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\(fields)\r\n"), .bytes(body)]
  }

  private func verdicts(
    _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step],
    _ change: (inout LoadPlan) -> Void = { _ in }
  ) throws -> (RunResult, [Verdict: Int]) {
    let (result, _) = try EngineHarness.run(script) {
      $0.validation = .compare
      $0.streams = 2
      change(&$0)
    }
    let counted = result.counters.verdicts.counted.map { ($0.key, $0.count) }
    return (result, Dictionary(counted) { $1 })
  }

  @Test(arguments: ["x-amzn-remapped-content-length", "x-gzproxy-content-length"])
  func aShorterLengthOfTheOrigins(name: String) throws {
    let length = Self.gzip.count
    let (result, found) = try verdicts { _ in Self.answer(Self.text, "\(name): \(length)\r\n") }
    #expect(found == [.decodedOnTheWay: 2])
    #expect(result.evidence.first?.advice.contains("automatic decoding") == true)
    #expect(result.evidence.first?.bodyHead == Array(Self.text.prefix(256)))
    #expect(result.evidence.first?.bodyTail == Array(Self.text.suffix(16)))
  }

  @Test func aURLThatServedGzipBefore() throws {
    let (result, found) = try verdicts { request in
      request.number == 0
        ? Self.answer(Self.gzip, "Content-Encoding: gzip\r\n") : Self.answer(Self.text)
    }
    #expect(found == [.valid: 1, .decodedOnTheWay: 1])
    #expect(result.evidence.map(\.stream) == [2])
  }

  @Test func gzipThatWasExpected() throws {
    let (_, found) = try verdicts { _ in
      Self.answer(Self.text)
    } _: {
      $0.expectations.gzip = true
    }
    #expect(found == [.decodedOnTheWay: 2])
    let (_, unasked) = try verdicts { _ in Self.answer(Self.text) }
    #expect(unasked == [.unchecked: 2])
  }

  /// What was missed stands in the evidence, with what came instead.
  @Test func everyMissedExpectationIsExplained() throws {
    let (result, found) = try verdicts { _ in
      Self.answer(Self.gzip, "Content-Encoding: gzip\r\nETag: \"b\"\r\n")
    } _: {
      $0.expectations.headers = [("ETag", "\"a\""), ("Vary", "")]
      $0.expectations.length = 5
      $0.expectations.decodedLength = 6
    }
    #expect(found == [.valid: 2] && result.counters.failed == 2)
    #expect(
      result.evidence.first?.advice
        == "ETag is '\"b\"', expected '\"a\"'; the response has no Vary; the body has \(Self.gzip.count) bytes, expected 5; "
        + "decoded, the body has 2000 bytes, expected 6")
    #expect(
      result.counters.missedExpectations == ["header ETag": 2, "header Vary": 2, "length": 2, "length-decoded": 2])
  }

  /// Twins of the reference and others alike are held against the decoded digest.
  @Test func theDecodedDigestOfEveryBody() throws {
    let judge = BodyJudge(
      options: .init(mode: .full, expectGzip: false, decodedDigest: true),
      references: ReferenceStore(targets: 1, memory: 0))
    let digest = try #require(Trial().run(Self.gzip, split: 100, judge: judge).decodedSHA256)
    let other = GzipFixture.member(GzipFixture.text(2000, seed: 9))
    let (result, found) = try verdicts { request in
      Self.answer(request.number == 2 ? other : Self.gzip, "Content-Encoding: gzip\r\n")
    } _: {
      $0.streams = 4
      $0.expectations.decodedSHA256 = digest
    }
    #expect(found == [.valid: 4])
    #expect(result.counters.treatments[.compared] == 3)
    #expect(result.counters.ok == 3 && result.evidence.map(\.stream) == [3])
    #expect(result.evidence.first?.outcome == "expectation sha256-decoded")
  }
}
