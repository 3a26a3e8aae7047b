import Testing

@testable import LoadGen

@Suite struct AccountantTests {
  private func account(
    transport: TransportOutcome = .complete, status: Int = 200, fields: [(String, String)] = [],
    verdict: Verdict = .valid, bytes: Int64 = 5, decoded: Int64 = 9, sha256: String? = nil,
    decodedSHA256: String? = nil, expectsBody: Bool = true,
    _ expect: (inout Expectations) -> Void = { _ in }
  ) -> Accountant.Account {
    var expectations = Expectations()
    expect(&expectations)
    return Accountant(expectations: expectations).account(
      transport: transport, head: ResponseHead(status: status, fields: fields),
      judgement: BodyJudgement(
        verdict: verdict, treatment: .full, bytesWire: bytes, bytesDecoded: decoded,
        sha256: sha256, decodedSHA256: decodedSHA256), expectsBody: expectsBody)
  }

  @Test(arguments: Verdict.allCases) func verdicts(_ verdict: Verdict) {
    let result = account(verdict: verdict)
    #expect(result.result == (verdict.isInvalid ? .failed : .ok))
    #expect(result.reason == (verdict.isInvalid ? verdict.rawValue : ""))
    #expect(result.missed.isEmpty)
  }

  @Test(arguments: TransportOutcome.allCases) func transports(_ transport: TransportOutcome) {
    let result = account(transport: transport)
    switch transport {
    case .complete: #expect(result.result == .ok)
    case .cutByDeadline: #expect(result.result == .cutByDeadline && result.reason.isEmpty)
    default: #expect(result.result == .failed && result.reason == transport.rawValue)
    }
  }

  @Test(arguments: [(200, true), (399, true), (400, false), (502, false), (199, false)])
  func statuses(_ status: Int, isAccepted: Bool) {
    let result = account(status: status, verdict: .unchecked)
    #expect(result.result == (isAccepted ? .ok : .failed))
    #expect(result.reason == (isAccepted ? "" : "status \(status)"))
    // Nobody asked for a status: it is a failure, and no expectation of the command line.
    #expect(result.missed.isEmpty)
    #expect(result.explanations == (isAccepted ? [] : ["status \(status) is not among the expected ones"]))
    let asked = account(status: status, verdict: .unchecked) { $0.statuses = [200...200] }
    #expect(asked.missed == (status == 200 ? [] : ["status"]))
    #expect(asked.reason == (status == 200 ? "" : "status \(status)"))
  }

  @Test(arguments: [(200, true), (206, true), (302, true), (204, false), (304, false), (404, false)])
  func whatCannotBeJudgedIsNotTheExpectedGzip(_ status: Int, isMissed: Bool) {
    let result = account(status: status, verdict: .unchecked) {
      $0.gzip = true
      $0.statuses = [200...499]
    }
    #expect(result.missed == (isMissed ? ["gzip"] : []))
  }

  @Test func anExpected404IsOk() {
    #expect(account(status: 404, verdict: .unchecked) { $0.statuses = [404...404] }.result == .ok)
    #expect(account(status: 200) { $0.statuses = [404...404] }.reason == "status 200")
  }

  @Test func headers() {
    let expect: (inout Expectations) -> Void = { $0.headers = [("X-A", "1"), ("X-B", "2")] }
    #expect(account(fields: [("x-a", "1"), ("x-b", "2")], expect).result == .ok)
    #expect(account(fields: [("x-a", "0"), ("x-a", "1"), ("x-b", "2")], expect).result == .ok)
    let missing = account(fields: [("x-a", "1")], expect)
    #expect(missing.missed == ["header X-B"])
    #expect(missing.reason == "expectation header X-B")
    #expect(missing.explanations == ["the response has no X-B, expected '2'"])
    #expect(account(fields: [("x-a", "3"), ("x-b", "2")], expect).explanations == ["X-A is '3', expected '1'"])
    #expect(
      account(fields: [("x-a", "3"), ("x-a", "4")], expect).explanations == [
        "X-A is '3' and '4', expected '1'", "the response has no X-B, expected '2'",
      ])
  }

  @Test func aFieldWithoutAValueMustBeThere() {
    let expect: (inout Expectations) -> Void = { $0.headers = [("ETag", "")] }
    #expect(account(fields: [("etag", "\"x\"")], expect).result == .ok)
    #expect(account(fields: [("etag", "")], expect).result == .ok)
    #expect(account(expect).explanations == ["the response has no ETag"])
  }

  @Test func decodedDigestAndLength() {
    let expect: (inout Expectations) -> Void = {
      $0.decodedSHA256 = "aa"
      $0.decodedLength = 9
    }
    #expect(account(decodedSHA256: "aa", expect).result == .ok)
    let other = account(decoded: 8, decodedSHA256: "bb", expect)
    #expect(other.missed == ["sha256-decoded", "length-decoded"])
    #expect(
      other.explanations == [
        "decoded, the body's SHA-256 is bb, expected aa", "decoded, the body has 8 bytes, expected 9",
      ])
    // What was not inflated to its end cannot be as expected.
    let plain = account(verdict: .unchecked, expect)
    #expect(plain.reason == "expectation sha256-decoded")
    #expect(plain.explanations == ["nothing to compare: the body is no whole gzip stream (unchecked)"])
    #expect(account(verdict: .truncated, expect).reason == "truncated")
    #expect(account(verdict: .empty, decoded: 0) { $0.decodedLength = 0 }.result == .failed)
  }

  @Test func aHundredMissedFieldsAreExplainedBriefly() {
    let account = account { $0.headers = (0..<100).map { ("X-\($0)", "1") } }
    #expect(account.missed.count == 100)
    #expect(account.explanations.count == Accountant.maximumExplanations)
  }

  @Test func digestAndLength() {
    let expect: (inout Expectations) -> Void = {
      $0.sha256 = "aa"
      $0.length = 5
    }
    #expect(account(bytes: 5, sha256: "aa", expect).result == .ok)
    #expect(account(bytes: 6, sha256: "bb", expect).missed == ["sha256", "length"])
    #expect(account(bytes: 6, sha256: "aa", expect).reason == "expectation length")
    // A page of another status and a body that broke are not the body that was meant.
    #expect(account(status: 502, verdict: .unchecked, bytes: 6, expect).missed.isEmpty)
    #expect(account(status: 502, verdict: .unchecked, bytes: 6, expect).reason == "status 502")
    #expect(account(transport: .cut, bytes: 4, expect).missed.isEmpty)
    #expect(account(verdict: .unchecked, bytes: 0, expectsBody: false, expect).result == .ok)
  }

  @Test func gzip() {
    let expect: (inout Expectations) -> Void = { $0.gzip = true }
    #expect(account(verdict: .valid, expect).missed.isEmpty)
    #expect(account(verdict: .truncated, expect).missed.isEmpty)
    #expect(account(verdict: .decodedOnTheWay, expect).missed == ["gzip"])
    #expect(account(verdict: .empty, expect).result == .failed)
    #expect(account(status: 304, verdict: .empty, expect).result == .ok)
  }

  @Test func theLayerNearestToTheWireGivesTheReason() {
    #expect(account(transport: .reset, status: 502, verdict: .truncated).reason == "reset")
    #expect(account(status: 502, verdict: .truncated).reason == "status 502")
    #expect(account(verdict: .truncated, bytes: 4) { $0.length = 5 }.reason == "truncated")
  }

  @Test func noResponseMissesNoExpectation() {
    let result = account(transport: .connectFailed, status: 0, verdict: .unchecked) { $0.headers = [("A", "b")] }
    #expect(result.missed.isEmpty)
    #expect(result.reason == "connect_failed")
  }
}
