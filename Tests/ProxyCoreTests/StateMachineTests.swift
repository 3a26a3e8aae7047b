import ArgumentParser
import NIOCore
import Testing

@testable import ProxyCore

@Suite struct ExchangeStateMachineTests {
  static func facts(_ framing: BodyFraming, client: BodyFraming? = nil, persists: Bool = true) -> ResponseFacts {
    ResponseFacts(
      status: 200, framing: framing, conversion: .verbatim, clientFraming: client ?? framing, upstreamPersists: persists
    )
  }

  static func streaming(
    _ framing: BodyFraming, requestIsComplete: Bool = true, clientPersists: Bool = true, upstreamPersists: Bool = true
  ) -> ExchangeStateMachine {
    var machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: requestIsComplete)
    machine.connected(reused: false)
    machine.responseBytes()
    _ = machine.responseHead(facts(framing, persists: upstreamPersists), clientPersists: clientPersists)
    return machine
  }

  @Test func aWholeResponseKeepsBothConnections() {
    var machine = Self.streaming(.length(3))
    #expect(machine.responseCompleted(excess: false) == .finish(keepClient: true, keepUpstream: true))
    #expect(machine.responseCompleted(excess: false) == .none)
    #expect(machine.failed(.responseIncomplete) == .none)
    #expect(machine.clientEnded(.clientAbort) == .none)
  }

  /// Reuse needs a whole response, a whole request, no excess, and nobody who said close.
  @Test(arguments: [
    (true, true, true, false, true, true), (false, true, true, false, false, false),
    (true, false, true, false, false, true),
    (true, true, false, false, true, false), (true, true, true, true, false, false),
  ])
  func reuse(
    _ request: Bool, _ client: Bool, _ upstream: Bool, _ excess: Bool, _ keepClient: Bool, _ keepUpstream: Bool
  ) {
    var machine = Self.streaming(
      .length(3), requestIsComplete: request, clientPersists: client, upstreamPersists: upstream)
    #expect(machine.responseCompleted(excess: excess) == .finish(keepClient: keepClient, keepUpstream: keepUpstream))
  }

  @Test func afterTheHeadAFailureIsAnAbort() {
    for framing in [BodyFraming.length(3), .chunked] {
      var machine = Self.streaming(framing)
      #expect(machine.failed(.bodyTimeout) == .abort(.bodyTimeout, reset: false))
    }
    var machine = Self.streaming(.close)
    #expect(machine.failed(.responseIncomplete) == .abort(.responseIncomplete, reset: true))
    machine = Self.streaming(.chunked)
    #expect(machine.upstreamEnded() == .abort(.responseIncomplete, reset: false))
  }

  @Test func beforeTheHeadAFailureIsAnAnswer() {
    var machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    #expect(machine.failed(.connectionRefused) == .answer(.connectionRefused))
    #expect(machine.failed(.connectionRefused) == .none)
    machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    machine.connected(reused: false)
    #expect(machine.upstreamEnded() == .answer(.connectionTerminated))
    machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    machine.connected(reused: false)
    machine.responseBytes()
    #expect(machine.upstreamEnded() == .answer(.responseIncomplete))
  }

  @Test func aDeadReusedConnectionIsTriedAgainOnce() {
    var machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    machine.connected(reused: true)
    #expect(machine.upstreamEnded() == .retry)
    #expect(!machine.mayReuseIdle)
    machine.connected(reused: false)
    #expect(machine.upstreamEnded() == .answer(.connectionTerminated))
  }

  @Test func noRetryWhereItCouldBeSeen() {
    var posted = ExchangeStateMachine(isReplayable: false, requestIsComplete: true)
    posted.connected(reused: true)
    #expect(posted.upstreamEnded() == .answer(.connectionTerminated))
    var answered = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    answered.connected(reused: true)
    answered.responseBytes()
    #expect(answered.upstreamEnded() == .answer(.responseIncomplete))
    var late = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    late.connected(reused: true)
    #expect(late.failed(.responseTimeout) == .answer(.responseTimeout))
  }

  @Test func aLeavingClientCancelsInEveryPhase() {
    var machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    #expect(machine.clientEnded(.clientAbort) == .cancel(.clientAbort))
    machine = ExchangeStateMachine(isReplayable: true, requestIsComplete: true)
    machine.connected(reused: false)
    #expect(machine.clientEnded(.clientAbort) == .cancel(.clientAbort))
    machine = Self.streaming(.chunked)
    #expect(machine.clientEnded(.clientAbort) == .cancel(.clientAbort))
    #expect(machine.upstreamEnded() == .none)
  }

  @Test func methodsThatMayBeSentAgain() throws {
    func mayGoAgain(_ line: String) throws -> Bool {
      try ForwardingTests.facts(line + " / HTTP/1.1\r\nHost: a\r\n\r\n").method.isIdempotent
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND"] { #expect(try mayGoAgain(method)) }
    for method in ["POST", "PATCH", "LOCK"] { #expect(try !mayGoAgain(method)) }
  }
}

@Suite struct ExchangeDeadlinesTests {
  static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

  static func passed(
    _ phase: ExchangeStateMachine.Phase, after: TimeAmount, requestIsComplete: Bool = true, hasAddress: Bool = true,
    backlog: Int = 0, paused: Bool = false, awaitsContinue: Bool = false, clientAt: TimeAmount = .zero,
    limits: ProxyLimits = ProxyLimits()
  ) -> ProxyCause? {
    ExchangeDeadlines.passed(
      .init(
        phase: phase, requestIsComplete: requestIsComplete, awaitsContinue: awaitsContinue, hasAddress: hasAddress,
        upstreamBacklog: backlog, upstreamIsPaused: paused, upstreamProgress: start, clientProgress: start + clientAt),
      limits, start + after)
  }

  @Test func whoIsWaitedForDecidesWhichLimitCounts() {
    #expect(Self.passed(.connecting, after: .seconds(4)) == nil)
    #expect(Self.passed(.connecting, after: .seconds(5)) == .connectionTimeout)
    #expect(Self.passed(.connecting, after: .seconds(5), hasAddress: false) == .dnsTimeout)
    #expect(Self.passed(.awaitingHead, after: .seconds(59)) == nil)
    #expect(Self.passed(.awaitingHead, after: .seconds(60)) == .responseTimeout)
    #expect(Self.passed(.awaitingHead, after: .seconds(60), clientAt: .seconds(10)) == nil)
    #expect(Self.passed(.awaitingHead, after: .seconds(30), requestIsComplete: false) == .requestTimeout)
    // A client that waits for a 100 is not to blame for the upstream's silence.
    let waits = TimeAmount.seconds(59)
    #expect(Self.passed(.awaitingHead, after: waits, requestIsComplete: false, awaitsContinue: true) == nil)
    #expect(
      Self.passed(.awaitingHead, after: .seconds(60), requestIsComplete: false, awaitsContinue: true)
        == .responseTimeout)
    #expect(
      Self.passed(.awaitingHead, after: .seconds(30), requestIsComplete: false, backlog: 1) == .upstreamWriteTimeout)
    #expect(Self.passed(.streaming, after: .seconds(60)) == .bodyTimeout)
    #expect(Self.passed(.streaming, after: .hours(9), paused: true) == nil)
    #expect(Self.passed(.ended, after: .hours(9)) == nil)
  }

  @Test func zeroSwitchesALimitOff() {
    var limits = ProxyLimits()
    limits.upstreamBody = .zero
    #expect(Self.passed(.streaming, after: .hours(9), limits: limits) == nil)
  }
}

@Suite struct IdleStackTests {
  final class Thing {}

  @Test func newestFirstBoundedAndExpiring() {
    var stack = IdleStack<Thing>(capacity: 2, timeout: .seconds(4))
    let (one, two, three) = (Thing(), Thing(), Thing())
    let start = NIODeadline.uptimeNanoseconds(0)
    #expect(stack.push(one, at: start) == nil)
    #expect(stack.push(two, at: start + .seconds(1)) == nil)
    #expect(stack.push(three, at: start + .seconds(2)) === one)
    #expect(stack.expire(at: start + .seconds(5)).map(ObjectIdentifier.init) == [ObjectIdentifier(two)])
    #expect(stack.pop() === three)
    #expect(stack.pop() == nil)
    _ = stack.push(one, at: start)
    let wasThere = stack.remove(one)
    let wasThereStill = stack.remove(one)
    #expect(wasThere && !wasThereStill)
  }
}

@Suite struct OutboxTests {
  @Test func aSmallPieceThatWaitsLeavesItsReadBuffer() {
    var outbox = Outbox()
    var large = ByteBufferAllocator().buffer(capacity: 131_072)
    large.writeString("x")
    #expect(outbox.admit(large).storageCapacity >= 131_072)
    outbox.flushed(buffered: 1)
    #expect(outbox.admit(large).storageCapacity < 1024)
  }

  /// What a peer has of a stream is the same whichever way its bytes went.
  @Test func whatWentPastTheChannelIsCountedToo() {
    var outbox = Outbox()
    _ = outbox.admit(ByteBuffer(string: "abc"))
    outbox.flushed(buffered: 0)
    outbox.spliced(1000)
    _ = outbox.admit(ByteBuffer(string: "de"))
    outbox.flushed(buffered: 2)
    #expect(outbox.written == 1003 && outbox.accepted == 1005 && outbox.backlog == 2)
  }
}

@Suite struct CauseTableTests {
  @Test func everyCauseHasItsRow() {
    for cause in ProxyCause.allCases {
      let row = cause.row
      #expect((400...599).contains(row.status) || cause == .oversizeRedirected)
      #expect(!row.title.isEmpty && !LocalResponse.reason(row.status).isEmpty)
      #expect(row.token.utf8.allSatisfy { ByteClass.matches($0, ByteClass.token) })
      #expect(cause.rawValue.utf8.allSatisfy { ByteClass.matches($0, ByteClass.token) })
      #expect(cause == .internalError || row.token != "proxy_internal_error", "\(cause) has no row of its own")
    }
  }

  @Test func theProblemDocument() {
    let context = ProblemResponse.Context(
      requestID: "id\"1", version: .http11, toHead: false, closes: true, date: "now", telemetry: nil)
    let text = String(buffer: ProblemResponse.make(.lengthAndChunked, context))
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1)
    #expect(parts[0].contains("proxy-status: gzproxy; error=http_protocol_error; cause=length_and_chunked"))
    #expect(parts[0].contains("content-length: \(parts[1].utf8.count)"))
    #expect(parts[0].contains("connection: close"))
    #expect(
      parts[1] == """
        {"type":"urn:gzproxy:problem:length_and_chunked","title":"The upstream's response has both Content-Length and \
        Transfer-Encoding","status":502,"cause":"length_and_chunked","request_id":"id\\"1"}
        """)
    var head = context
    head.toHead = true
    #expect(String(buffer: ProblemResponse.make(.lengthAndChunked, head)).hasSuffix("\r\n\r\n"))
  }
}

@Suite struct ConfigurationTests {
  @Test(arguments: [
    "ftp://a", "a:80", "http://", "http://a b", "http://a:0", "http://a:99999", "http://u@a", "http://a/x?y",
    "http://a#b",
    "http://[::1", "http://::1", "http://a:x",
  ])
  func refusesUpstreams(_ url: String) {
    #expect(throws: UpstreamTarget.Invalid.self) { try UpstreamTarget(url: url) }
  }

  @Test(arguments: [
    ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("[::1]:1", true), ("localhost:1", true), ("0.0.0.0:1", false),
    ("[::]:1", false), ("10.0.0.1:1", false), ("127.example:1", false),
  ])
  func knowsLoopback(_ text: String, _ isLoopback: Bool) throws {
    #expect(try HostAndPort(text).isLoopback == isLoopback)
  }

  @Test func serveNeedsConsentToListenBeyondLoopback() throws {
    func make(_ arguments: [String]) throws -> ProxyConfiguration {
      try ServeCommand.parse(["--upstream", "http://127.0.0.1:9"] + arguments).options.makeConfiguration()
    }
    #expect(try make([]).listen.port == 8080)
    #expect(throws: (any Error).self) { try make(["--listen", "0.0.0.0:1"]) }
    #expect(throws: (any Error).self) { try make(["--admin-listen", "0.0.0.0:1"]) }
    #expect(try make(["--listen", "0.0.0.0:1", "--insecure-open"]).listen.host == "0.0.0.0")
    let all = try make([
      "--threads", "3", "--via", "off", "--upstream-rcvbuf", "64KiB", "--upstream-body-timeout", "0",
      "--max-header-count", "9",
    ])
    #expect(all.threads == 3 && !all.via && all.upstreamReceiveBuffer == 65536)
    #expect(all.limits.upstreamBody == .zero && all.limits.headerCount == 9)
  }

  @Test func jsonIsEscaped() {
    var json = JSONText()
    json.object { json in
      json.field("a\"", "\u{1}\\")
      json.array("b") { json in
        json.object { $0.field("n", 1) }
        json.object { _ in }
      }
      json.field("c", optional: nil)
    }
    #expect(json.text == #"{"a\"":"\u0001\\","b":[{"n":1},{}],"c":null}"#)
  }
}
