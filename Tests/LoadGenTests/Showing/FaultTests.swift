import Synchronization
import Testing
import ToolSupport

@testable import LoadGen
@testable import Origin

/// What a person makes go wrong in the lab while the load goes on.
@Suite struct FaultTests {
  @Test(arguments: LabMode.allCases)
  func theMenuIsWhatTheOriginHas(mode: LabMode) {
    let all = LabFault.all(for: mode)
    let bodies = all.compactMap { if case .body(let name) = $0.fault { name } else { nil } }
    let fronts = all.compactMap { if case .front(let name) = $0.fault { name } else { nil } }
    #expect(bodies.sorted() == Fault.Name.allCases.map(\.rawValue).sorted())
    #expect(fronts.sorted() == Front.allCases.map(\.rawValue).sorted())
    #expect(all.contains { $0.fault == .naive } == (mode != .naive))
    #expect(all.count == bodies.count + fronts.count + (mode == .naive ? 0 : 1))
    for choice in all { #expect((20...150).contains(choice.explanation.count), "\(choice)") }
  }

  /// gzorigin takes what is asked for, with everything else that the target had.
  @Test(arguments: Fault.Name.allCases)
  func theOriginTakesIt(name: Fault.Name) throws {
    let base = "http://127.0.0.1:1"
    let plan = LoadPlan(urls: ["\(base)/gzip/8MiB?pace=1MiB&framing=chunked&fault=crc&seed=7", "\(base)/hello"])
    let targets = try LabFault.body(name.rawValue).targets(of: plan, base: base, naive: nil)
    #expect(targets.count == 2 && targets[1] == plan.targets[1])
    let asked = RequestTarget(String(targets[0].url.dropFirst(base.count)))
    #expect(asked.path == "/gzip/8MiB")
    let query = try GzipQuery.parse(size: "8MiB", parameters: asked.parameters)
    #expect(query.fault == Fault(name: name, position: .percent(50)))
    #expect(query.pace == 1 << 20 && query.recipe.seed == 7)
  }

  @Test func streamsOfNowOnHaveIt() throws {
    let run = try DeskHarness()
    defer { run.remove() }
    let healthy = try #require(run.engine.targets.first?.url)
    #expect(run.view().fault == nil && run.view().targets == [healthy])
    #expect(run.desk.abilities == [.faults, .report, .record])

    let reply = try run.reply(to: .setFault(.body("cut")))
    #expect(!reply.isFailure)
    #expect(reply.text.hasPrefix("fault cut, for streams that begin from now on: the origin closes"))
    EngineHarness.eventually("streams ask for it") { run.server.requests.last?.path == "/gzip/1KiB?seed=1&fault=cut" }
    EngineHarness.eventually("they are cut") { run.engine.snapshot().counters.transport[.cut] > 4 }
    #expect(run.view().fault == .body("cut"))
    #expect(run.view().targets == [healthy, healthy + "&fault=cut"])
    #expect(try run.reply(to: .setFault(.body("cut"))).text == "fault cut: it is so already")

    _ = try run.reply(to: .setFault(.front("rest-502")))
    EngineHarness.eventually("the front") { run.server.requests.last?.path == "/front/rest-502" }
    _ = try run.reply(to: .setFault(nil))
    EngineHarness.eventually("healthy") { run.server.requests.last?.path == "/gzip/1KiB?seed=1" }
    // What the run has had keeps its index.
    _ = try run.reply(to: .setFault(.body("cut")))
    EngineHarness.eventually("again") { run.server.requests.last?.path == "/gzip/1KiB?seed=1&fault=cut" }
    #expect(run.engine.targets.map(\.url) == [healthy, healthy + "&fault=cut", run.lab.url("/front/rest-502")])
    EngineHarness.eventually("lanes name it") { run.engine.snapshot().lanes.allSatisfy { $0.target == 1 } }

    let result = try #require(run.finish())
    EngineHarness.expectSums(result.counters)
    #expect(result.counters.failed >= result.counters.transport[.cut])
    #expect(result.evidence.contains { $0.url == healthy + "&fault=cut" })
    let notes = result.notes.filter { $0.contains("by hand") }
    #expect(notes.count == 3)
    #expect(notes.first?.wholeMatch(of: /fault cut was injected by hand from \d+\.\d s to \d+\.\d s/) != nil)
    #expect(notes.last?.wholeMatch(of: /fault cut was injected by hand from \d+\.\d s until the end/) != nil)
  }

  @Test func theMistakeBesideTheCure() throws {
    let run = try DeskHarness()
    defer { run.remove() }
    #expect(try run.reply(to: .setFault(.naive)).isFailure == false)
    EngineHarness.eventually("both are asked") { run.naive.requestCount >= 20 }
    run.rest()
    let counters = run.engine.snapshot().counters
    #expect(counters.status[502] == run.naive.requestCount)
    let urls = run.view().targets
    #expect(urls.count == 2 && urls[1] == "http://127.0.0.1:\(run.naive.port)/gzip/1KiB?seed=1")
    // In turn, from the moment on when it was set.
    let before = (run.server.requestCount, run.naive.requestCount)
    run.engine.setPaused(false)
    EngineHarness.eventually("more of both") { run.naive.requestCount >= before.1 + 50 }
    run.rest()
    #expect(abs((run.server.requestCount - before.0) - (run.naive.requestCount - before.1)) <= 2)
    // The second chain is started once, and ends with the lab.
    _ = try run.reply(to: .setFault(nil))
    _ = try run.reply(to: .setFault(.naive))
    #expect(run.engine.targets.count == 2)
    #expect(run.lab.state.withLock { $0.children.count } == 4)
    let children = run.lab.state.withLock { $0.children }
    run.lab.stop()
    #expect(children.allSatisfy { !$0.isRunning })
    #expect(throws: ToolFailure.self) { _ = try LabHarness.ended().naiveURL() }
  }

  private enum LabHarness {
    static func ended() throws -> Lab {
      let lab = try Lab.start(mode: .proxy, errors: .null) { _ in
        ChildCommand(executable: "/bin/sh", leadingArguments: ["-c", "echo 9 >&3; exec 3>&-; read line <&4", "sh"])
      }
      lab.stop()
      return lab
    }
  }

  @Test func whatCannotBeIsRefused() throws {
    let run = try DeskHarness(mode: .naive, paths: ["/hello"])
    defer { run.remove() }
    let naive = try run.reply(to: .setFault(.naive))
    #expect(naive.isFailure && naive.text.contains("classic mistake already"))
    let unknown = try run.reply(to: .setFault(.front("x\ny")))
    #expect(unknown.text == "front x\\ny: gzorigin has no fault or front of this name")
    #expect(try run.reply(to: .setFault(.body("cut"))).text.hasPrefix("fault cut: no target asks for /gzip/SIZE"))
    #expect(try run.reply(to: .setFault(nil)).text.hasPrefix("nothing is wrong"))
    #expect(run.engine.targets.count == 1 && run.view().fault == nil && run.desk.notes() == [])
    #expect(!run.desk.perform(.setPaused(true)))
  }

  @Test func withoutALabThereIsNothingToBreak() throws {
    let run = try DeskHarness(hasLab: false)
    defer { run.remove() }
    #expect(run.desk.abilities == [.report, .record])
    #expect(try run.reply(to: .setFault(.body("cut"))).text.hasPrefix("there is no lab to make fail"))
  }

  @Test func targetsAreBounded() throws {
    let plan = EngineHarness.plan("http://127.0.0.1:1/a")
    let set = try RequestSet(plan)
    try set.set((0..<RequestSet.maximumAdded).map { LoadTarget(url: "http://127.0.0.1:1/\($0)") })
    let full = set.latest()
    #expect(full.table.targets.count == RequestSet.maximumAdded + 1)
    #expect(throws: ToolFailure.self) { try set.set([LoadTarget(url: "http://127.0.0.1:1/more")]) }
    var posting = plan.targets[0]
    posting.body = .bytes([1])
    #expect(throws: ToolFailure.self) { try set.set([posting]) }
    #expect(throws: ToolFailure.self) { try set.set([]) }
    #expect(set.latest().version == full.version)
    try set.set(plan.targets)
    #expect(set.latest().table.request(of: 5).index == 0)
  }

  @Test func faultsOfALongNightAreBounded() {
    var history = FaultHistory()
    for number in 0..<FaultHistory.limit + 7 { _ = history.set(.body("\(number)"), at: Double(number)) }
    #expect(history.notes.count == FaultHistory.limit + 1)
    #expect(history.notes.last == "7 more faults were injected by hand after those")
    #expect(history.set(nil, at: 99) == ["fault \(FaultHistory.limit + 6) ended by hand at 99.0 s"])
  }
}
