import NIOCore
import Testing

@testable import ProxyCore

/// The pure half of the telemetry: who is to blame, and what the times of a stream are.
@Suite struct StreamEndTests {
  static let start = NIODeadline.uptimeNanoseconds(5_000_000_000)
  static func at(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

  struct Row: Sendable {
    var cause: ProxyCause?
    var phase: StreamPhase
    var status: Int?
    var expected: (StreamOutcome, Int, String, Bool, StatusClass)
  }

  static let table: [Row] = [
    Row(cause: nil, phase: .data, status: 200, expected: (.complete, 200, "--", true, .successful)),
    Row(cause: nil, phase: .data, status: 304, expected: (.complete, 304, "--", true, .redirection)),
    Row(cause: .responseIncomplete, phase: .data, status: 200, expected: (.incomplete, 200, "SD", false, .successful)),
    Row(cause: .draining, phase: .data, status: 200, expected: (.incomplete, 200, "PD", false, .successful)),
    Row(cause: .draining, phase: .head, status: nil, expected: (.answered, 503, "PH", true, .serverError)),
    Row(cause: .connectionRefused, phase: .connect, status: nil, expected: (.answered, 502, "SC", true, .serverError)),
    Row(cause: .responseTimeout, phase: .head, status: nil, expected: (.answered, 504, "SH", true, .serverError)),
    Row(cause: .malformedRequest, phase: .request, status: nil, expected: (.answered, 400, "CR", true, .clientError)),
    Row(cause: .clientAbort, phase: .connect, status: nil, expected: (.clientAbort, 499, "CC", false, .none)),
    Row(cause: .clientAbort, phase: .data, status: 200, expected: (.clientAbort, 200, "CD", false, .successful)),
    Row(cause: .clientWriteTimeout, phase: .data, status: 206, expected: (.clientAbort, 206, "CD", false, .successful)),
  ]

  @Test(arguments: table)
  func endsAreJudged(_ row: Row) {
    let end = StreamEnd.of(row.cause, phase: row.phase, status: row.status)
    let (outcome, status, termination, isComplete, statusClass) = row.expected
    #expect(end.outcome == outcome && end.status == status && end.termination == termination)
    #expect(end.isComplete == isComplete && end.statusClass == statusClass && end.cause == row.cause)
  }

  /// No cause may be forgotten: each has a blame, and an answer of ours has an error status.
  @Test(arguments: ProxyCause.allCases.filter { $0 != .excessResponse })
  func everyCauseHasALine(_ cause: ProxyCause) {
    for phase in StreamPhase.allCases {
      let before = StreamEnd.of(cause, phase: phase, status: nil)
      #expect(before.termination.count == 2 && "CSP".contains(before.termination.prefix(1)))
      #expect(before.status >= 400 || cause == .oversizeRedirected)
      #expect(before.outcome == .answered || before.status == 499)
      #expect(!StreamEnd.of(cause, phase: phase, status: 200).isComplete)
    }
    #expect(ProxyCause.allCases[cause.index] == cause)
  }

  /// The response was whole; only what came behind it was wrong.
  @Test func excessIsToldOfAWholeStream() {
    let end = StreamEnd.of(.excessResponse, phase: .data, status: 200)
    #expect(end.outcome == .complete && end.isComplete && end.status == 200 && end.termination == "SD")
    #expect(AccessLog.wants(end, .failed))
  }

  @Test func levelsChoose() {
    let complete = StreamEnd.of(nil, phase: .data, status: 404)
    let others: [StreamEnd] = [
      .of(.bodyTimeout, phase: .data, status: 200), .of(.notFound, phase: .request, status: nil),
      .of(.clientAbort, phase: .head, status: nil),
    ]
    for end in others { #expect(AccessLog.wants(end, .failed) && AccessLog.wants(end, .all)) }
    #expect(!AccessLog.wants(complete, .failed) && AccessLog.wants(complete, .all))
    #expect(!AccessLog.wants(.local(200), .failed) && AccessLog.wants(.local(200), .all))
    #expect(!AccessLog.wants(.local(404, cause: .notFound), .failed))
    for end in others + [complete, .local(200)] { #expect(!AccessLog.wants(end, .off)) }
  }

  @Test func aStreamsTimesAreKeptApart() {
    var trace = StreamTrace(startedAt: Self.start)
    trace.reaching(at: Self.at(1))
    #expect(trace.connectTime(at: Self.at(4)) == .milliseconds(3))
    trace.connected(reused: false, opening: MetricsTests.opening(), at: Self.at(11))
    #expect(trace.phase == .head && trace.attempts == 1 && trace.opening?.handshake == .milliseconds(7))
    trace.headReceived(200, at: Self.at(41))
    #expect(trace.status == nil, "a head that is held back has reached nobody")
    trace.headSent()
    #expect(trace.timeToHead == .milliseconds(41) && trace.originTime == .milliseconds(30))
    #expect(trace.connectTime(at: Self.at(99)) == .milliseconds(10))
    trace.paused(for: .client, at: Self.at(50))
    trace.paused(for: .client, at: Self.at(55))
    trace.resumed(for: .client, at: Self.at(60))
    trace.resumed(for: .client, at: Self.at(70))
    trace.paused(for: .client, at: Self.at(80))
    trace.paused(for: .upstream, at: Self.at(85))
    #expect(trace.pausedTime(for: .client, at: Self.at(90)) == .milliseconds(20), "a pause that lasts counts")
    #expect(trace.pausedTime(for: .upstream, at: Self.at(90)) == .milliseconds(5))
    trace.holds(7)
    trace.holds(3)
    #expect(trace.peakBuffer == 7 && trace.total(at: Self.at(90)) == .milliseconds(90))
    #expect(trace.end(nil, requestIsComplete: true) == .of(nil, phase: .data, status: 200))
  }

  @Test func aRetryAddsItsTime() {
    var trace = StreamTrace(startedAt: Self.start)
    trace.reaching(at: Self.at(0))
    trace.connected(reused: true, opening: MetricsTests.opening(), at: Self.at(0))
    #expect(trace.isReused && trace.opening == nil, "how a kept connection was opened is not this stream's")
    trace.reaching(at: Self.at(5))
    trace.connected(reused: false, opening: nil, at: Self.at(9))
    #expect(trace.attempts == 2 && !trace.isReused && trace.connectTime(at: Self.at(20)) == .milliseconds(4))
    #expect(trace.end(.clientAbort, requestIsComplete: false).termination == "CR")
    #expect(trace.end(.clientAbort, requestIsComplete: true).termination == "CH")
  }
}
