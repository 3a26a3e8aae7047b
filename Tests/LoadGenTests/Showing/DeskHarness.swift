import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

/// A load against a lab whose servers are shells that name the ports of scripted ones, and the desk in front of it.
final class DeskHarness {
  let folder: TemporaryFolder
  /// What the lab's proxy would be, and the edge of the chain with the classic mistake.
  let server: ScriptedServer
  let naive: ScriptedServer
  let lab: Lab
  let engine: LoadEngine
  let outputs: LiveOutputs
  let desk: RunDesk
  private let monitor: RunMonitor
  private(set) var replies: [RunReply] = []
  private var isFinished = false

  /// What the lab's proxies say in turn.
  private final class Ports: Sendable {
    private let left: Mutex<[Int]>
    init(_ ports: [Int]) { left = Mutex(ports) }
    func next() -> Int { left.withLock { $0.isEmpty ? 9 : $0.removeFirst() } }
  }

  /// Streams without end, of two lanes on two threads.
  ///
  /// - Parameter adminPort: where the lab's proxies can be switched, as they say.
  init(
    mode: LabMode = .proxy, paths: [String] = ["/gzip/1KiB?seed=1"], hasLab: Bool = true, record: String? = nil,
    adminPort: Int? = nil,
    _ change: (inout LoadPlan) -> Void = { _ in }
  ) throws {
    let folder = try TemporaryFolder()
    let answer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { request in
      request.path.contains("fault=")
        ? [.wait(milliseconds: 2), .send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), .close]
        : [.wait(milliseconds: 2), .send(EngineHarness.hello)]
    }
    let server = try ScriptedServer(answer)
    let naive = try ScriptedServer { _ in
      [.wait(milliseconds: 2), .send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno")]
    }
    let ports = Ports([server.port, naive.port])
    let lab = try Lab.start(mode: mode, errors: .null) { role in
      let port = role == .gzproxy ? "\(ports.next()) \(adminPort.map(String.init) ?? "")" : "9"
      return ChildCommand(
        executable: "/bin/sh", leadingArguments: ["-c", "echo \(port) >&3; exec 3>&-; read line <&4", "sh"])
    }
    var plan = LoadPlan(urls: paths.map(lab.url))
    plan.concurrency = 2
    plan.threads = 2
    plan.validation = .off
    plan.publishesDistributions = true
    change(&plan)
    let observation = ObservationPlan(record: record.map { "\(folder.path)/\($0)" })
    let outputs = try LiveOutputs(
      plan: plan, reports: [], observation: observation, lab: mode, toolName: "gztop", ownsScreen: true)
    let engine = try LoadEngine(plan: plan, memory: NoTargetMemory(), events: outputs.hub)
    outputs.attach(engine)
    let desk = RunDesk(
      engine: engine, plan: plan, lab: hasLab ? lab : nil, hub: outputs.hub, late: outputs.late)
    monitor = RunMonitor(control: engine, observers: outputs.observers() + [desk.series])
    (self.folder, self.server, self.naive, self.lab) = (folder, server, naive, lab)
    (self.engine, self.outputs, self.desk) = (engine, outputs, desk)
    try engine.start()
    monitor.start()
  }

  /// Ends the run, and what it wrote.
  @discardableResult
  func finish() -> RunResult? {
    isFinished = true
    engine.stop(.drain)
    var result: RunResult? = engine.wait()
    monitor.stop()
    result?.notes += desk.notes()
    #expect(outputs.finish(&result) == [])
    return result
  }

  func remove() {
    if !isFinished { finish() }
    lab.stop()
    server.stop()
    naive.stop()
    folder.remove()
  }

  func path(_ name: String) -> String { "\(folder.path)/\(name)" }

  /// What a view holds now.
  func view() -> RunView {
    var view = RunView(snapshot: engine.snapshot())
    desk.fill(&view)
    replies += view.replies
    return view
  }

  /// Gives a command, and returns what came of it.
  func reply(to command: RunCommand) throws -> RunReply {
    let before = replies.count
    #expect(desk.perform(command))
    EngineHarness.eventually("a reply to \(command)") {
      _ = view()
      return replies.count > before
    }
    return try #require(replies.dropFirst(before).first)
  }

  /// Waits until streams that began after now have ended.
  func streamsEnd(_ count: Int = 20) {
    let before = engine.snapshot().counters.streams
    EngineHarness.eventually("\(count) streams end") { engine.snapshot().counters.streams >= before + count }
  }

  /// No stream begins any more, and everybody knows those that have ended.
  func rest() {
    engine.setPaused(true)
    EngineHarness.eventually("it rests") { engine.snapshot().active == 0 && engine.snapshot().phase == .paused }
    // Reports and the hub's moments of before.
    let rested = MonotonicClock.now()
    EngineHarness.eventually("a second passes") { MonotonicClock.now() - rested > 700_000_000 }
  }
}
