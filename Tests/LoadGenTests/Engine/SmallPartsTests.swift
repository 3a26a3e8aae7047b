import Testing
import ToolSupport

@testable import LoadGen

/// The engine's small pure parts.
@Suite struct SmallPartsTests {
  @Test func backoffDoublesUpToASecondAndIsResetByAResponse() {
    var backoff = Backoff(isBounded: false)
    let waits = (0..<9).map { _ in backoff.failed() / 1_000_000 }
    #expect(waits == [10, 20, 40, 80, 160, 320, 640, 1000, 1000])
    backoff.responded()
    #expect(backoff.failed() == Backoff.first)
  }

  @Test func aBoundedRunWaitsTwoSecondsALaneInAll() {
    var backoff = Backoff(isBounded: true)
    let total = (0..<1000).reduce(Int64(0)) { sum, _ in sum + backoff.failed() }
    #expect(total == Backoff.budgetOfBoundedRun)
    #expect(backoff.failed() == 0)
  }

  @Test func theRateIsThatOfTheLastSecondOrTwo() {
    let second: Int64 = 1_000_000_000
    var window = RateWindow(now: 0)
    #expect(window.rate(now: second / 100, bytes: 1000) == 0)
    #expect(window.rate(now: second / 2, bytes: 500) == 1000)
    for tenth in 6...50 { _ = window.rate(now: Int64(tenth) * second / 10, bytes: Int64(tenth) * 100) }
    #expect(abs(window.rate(now: 5 * second, bytes: 5000) - 1000) < 1)
    for tenth in 51...80 { _ = window.rate(now: Int64(tenth) * second / 10, bytes: 5000) }
    #expect(window.rate(now: 8 * second, bytes: 5000) == 0)
  }

  @Test func aStreamAfterALongOneHasARateOfItsOwn() {
    let second: Int64 = 1_000_000_000
    var window = RateWindow(now: 0)
    for tenth in 1...30 { _ = window.rate(now: Int64(tenth) * second / 10, bytes: Int64(tenth) * 1_000_000) }
    window.begin(now: 3 * second, bytes: 30_000_000)
    #expect(window.rate(now: 3 * second + second / 20, bytes: 30_000_100) == 0)
    #expect(window.rate(now: 3 * second + second / 2, bytes: 30_000_500) == 1000)
    // Streams that are over in a moment are the lane's rate together.
    for stream in 1...10 { window.begin(now: 3 * second + Int64(stream) * second / 20, bytes: 30_000_500) }
    #expect(window.rate(now: 3 * second + second / 2, bytes: 30_000_500) == 1000)
  }

  @Test func theClockKeepsTheLongestSilenceInsideABody() {
    var clock = StreamClock()
    clock.begin(100)
    #expect(!clock.isStalled(1_000_000, limit: 10))
    clock.connect(200)
    #expect(clock.isStalled(210, limit: 10))
    #expect(!clock.isStalled(209, limit: 10))
    clock.headComplete(300)
    for time: Int64 in [500, 510, 600, 601] { clock.body(time) }
    #expect(clock.firstByte == 500)
    #expect(clock.lastByte == 601)
    #expect(clock.longestGap == 90)
    #expect(clock.longestSilence(until: nil) == 90)
    #expect(clock.longestSilence(until: clock.lastByte + 91) == 91)
    #expect(clock.longestSilence(until: clock.lastByte + 89) == 90)
    clock.begin(700)
    #expect(clock.firstByte == 0 && clock.longestGap == 0 && clock.start == 700)
  }

  @Test func defaultHeadersGiveWay() {
    let names = { (lines: [String]) in lines.map { $0.prefix { $0 != ":" && $0 != ";" }.lowercased() } }
    func lines(_ own: [String], method: String? = nil, hasBody: Bool = false) -> [String] {
      var plan = LoadPlan(urls: ["http://x/"])
      plan.headers = own
      plan.method = method ?? plan.method
      return TargetRequest.headerLines(plan.targets[0], plan, hasBody: hasBody)
    }
    #expect(names(lines([])) == ["accept-encoding", "user-agent"])
    // libcurl would send one of its own, and wait.
    #expect(names(lines([], hasBody: true)) == ["accept-encoding", "user-agent", "expect"])
    #expect(names(lines([], method: "POST")) == ["accept-encoding", "user-agent", "expect"])
    #expect(
      lines(["ACCEPT-ENCODING:", "expect: 100-continue", "user-agent;"])
        == ["ACCEPT-ENCODING:", "expect: 100-continue", "user-agent;"])
  }

  /// libcurl gives a POST a type whether or not it has a body; what is sent is signed.
  @Test(arguments: [("POST", false, true), ("POST", true, true), ("PUT", true, true), ("GET", false, false)])
  func signedRequestsSayTheirTypeThemselves(_ method: String, hasBody: Bool, isSaid: Bool) {
    var plan = LoadPlan(urls: ["http://x/"])
    plan.method = method
    plan.signing = SigningPlan(credentials: Credentials(user: "k", password: "s"))
    let lines = TargetRequest.headerLines(plan.targets[0], plan, hasBody: hasBody)
    #expect(lines.contains { $0.hasPrefix("Content-Type: ") } == isSaid)
  }

  @Test(arguments: [1, 2, 3, 7]) func sharesAddUpAndLanesAreNumberedOnce(_ threads: Int) throws {
    let plan = LoadPlan(urls: ["http://x/"])
    let context = RunContext(plan: plan, requests: try RequestSet(plan), threads: threads, start: 0)
    for concurrency in [0, 1, 2, 5, 50] {
      var lanes: [Int] = []
      for thread in 0..<threads {
        for slot in 0..<context.share(thread: thread, concurrency: concurrency) {
          lanes.append(context.lane(thread: thread, slot: slot))
        }
      }
      #expect(lanes.sorted() == Array(0..<concurrency))
    }
  }

  @Test func evidenceKeepsTheFirstOfEachKind() {
    func piece(_ stream: Int, _ reason: String, _ cause: FailureCause? = nil) -> Evidence {
      Evidence(
        stream: stream, url: "", outcome: reason, cause: cause, status: 0, headers: [], bodyHead: [], bodyTail: [],
        advice: "")
    }
    var first = EvidenceKeeper()
    for stream in [2, 5, 7, 9] { first.keep(piece(stream, "cut")) }
    first.keep(piece(3, "status 502", .functionError))
    first.keep(piece(4, "status 502", .upstreamRefused))
    #expect(first.all.map(\.stream) == [2, 3, 4, 5, 7])
    #expect(!first.wants(reason: "cut", cause: nil))
    var second = EvidenceKeeper()
    for stream in [1, 6] { second.keep(piece(stream, "cut")) }
    first.merge(second)
    #expect(first.all.map(\.stream) == [1, 2, 3, 4, 5])
    for index in 0..<200 { first.keep(piece(100 + index, "reason \(index)")) }
    #expect(first.all.count <= EvidenceKeeper.maximumKinds + 10)
  }

  @Test func instancesAreMergedByTheLatestFigure() {
    var left = InstanceBook()
    left.note(instance: "a", rssBytes: 10, now: 1)
    left.note(instance: "a", rssBytes: 30, now: 2)
    var right = InstanceBook()
    right.note(instance: "a", rssBytes: 20, now: 3)
    right.note(instance: "b", rssBytes: nil, now: 4)
    left.merge(right)
    let memory = left.completing(TargetMemory(), now: 0)
    #expect(memory.instances["a"]?.streams == 3)
    #expect(memory.instances["a"]?.rssBytes == 20)
    #expect(memory.instances["a"]?.rssPeakBytes == 30)
    #expect(memory.instances["b"]?.streams == 1)
    #expect(memory.rssBytes == 20)
    #expect(memory.source == "x-gzproxy-rss-bytes of responses")
    for index in 0..<2000 { left.note(instance: "x\(index)", rssBytes: 1, now: 5) }
    #expect(left.completing(TargetMemory(), now: 0).instances.count == InstanceBook.limit)
  }

  @Test func theMailboxKeepsTheLatestOrders() throws {
    let mailbox = try #require(Mailbox(orders: LoopOrders(concurrency: 1)))
    mailbox.post(LoopOrders(concurrency: 2))
    mailbox.post(LoopOrders(concurrency: 3, isPaused: true))
    #expect(mailbox.take() == LoopOrders(concurrency: 3, isPaused: true))
    mailbox.close()
    // Nobody rings a closed bell.
    mailbox.post(LoopOrders(concurrency: 4))
    #expect(mailbox.take().concurrency == 4)
  }
}
