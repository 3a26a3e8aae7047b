internal import NIOCore
internal import NIOHTTP1
internal import ToolSupport

/// What an environment tells the pool it belongs to. On the event loop.
protocol EnvironmentOwner: AnyObject {
  /// A runtime has asked for work: for the first time since it was started when `isFirst`.
  func environment(_ environment: Environment, parked isFirst: Bool)
  func environmentEnded(_ environment: Environment, reason: String, wasReady: Bool)
  /// Classic: its invocation has been answered, and the runtime has yet to ask for more.
  func environmentAnswered(_ environment: Environment)
  /// An invocation is through, its slot free again.
  func environment(_ environment: Environment, settled failure: FunctionFailure?)
  /// Everything is being ended now: nothing starts any more.
  var isEnding: Bool { get }
}

/// One execution environment: a Runtime API of its own, the process that talks to it, and the invocations in it. Lives as long as
/// the emulator; its process may be started many times. On the event loop.
///
/// ```
/// ended ─start▶ starting ─first /next▶ ready ─process's end, timeout, memory▶ ended
/// ```
/// Classic: one invocation at a time, its slot taken until the runtime asks for more; the calls' order is checked
/// (`RuntimePhase`). Managed: as many as there are parked calls of `/next`; ids alone say what belongs together.
final class Environment {
  enum State: String, Sendable { case starting, ready, ended }

  /// A REPORT line tells of memory that was looked at no longer ago, without a look for each of thousands a second.
  static let freshness = TimeAmount.milliseconds(10)

  /// `env-1`
  let id: String
  let configuration: EmulatorConfiguration
  let loop: any EventLoop
  let log: EventLog
  weak var owner: (any EnvironmentOwner)?
  /// Of its Runtime API, once that listens.
  var api: ListenAddress?

  var state = State.ended
  var phase = RuntimePhase()
  var parked = CircularBuffer<RuntimeConnection>()
  var connections: [ObjectIdentifier: RuntimeConnection] = [:]
  /// Delivered, and not yet settled.
  var running: [String: Invocation] = [:]
  /// Classic: will be delivered at the next `/next`.
  var waiting: Invocation?
  var timedOut = TimedOutIDs()
  var counters = Counters()

  var process: RuntimeProcess?
  var memory: ResidentMemory?
  var rssBytes: Int64?
  var peakBytes: Int64?
  /// When memory was looked at last.
  var sampledAt = NIODeadline.uptimeNanoseconds(0)
  var startedAt = NIODeadline.now()
  /// Of the running process, until a REPORT has told it.
  var initMilliseconds: Double?
  /// Why the process is being killed, or what it said itself at `/init/error`.
  var endReason: FunctionFailure?
  /// Managed: whether a worker has told of an init error late.
  var hasReportedInit = false
  /// Attached: the connections that were open when the runtime said /init/error. There is no process: their end is its end.
  var failedConnections: Set<ObjectIdentifier>?
  /// The process has ended, and what it said last is being read.
  var hearing: Hearing?
  var hasStartedBefore = false
  var isStopping = false
  var restarts = 0
  var initTimer: Scheduled<Void>?

  init(id: String, configuration: EmulatorConfiguration, loop: any EventLoop, log: EventLog) {
    self.id = id
    self.configuration = configuration
    self.loop = loop
    self.log = log
  }

  /// Its process is no more, or is being killed: what it still says is heard, and not answered with work.
  var isDying: Bool { hearing != nil || state == .ready && endReason != nil }
  var isManaged: Bool { configuration.instances == .managed }
  var errorBodyLimit: Int { isManaged ? Limits.errorBody : Limits.payload }
  var activeInvocations: Int { running.count + (waiting == nil ? 0 : 1) }
  /// Those that a client waits for.
  var unanswered: Int { activeInvocations - (!isManaged && phase.state == .sent ? running.count : 0) }

  // MARK: What the pool asks

  /// Whether an invocation would be delivered at once.
  var isIdle: Bool {
    state == .ready && !isDying && !parked.isEmpty && waiting == nil
      && running.count < (isManaged ? configuration.concurrency : 1)
  }

  /// Classic: whether its one invocation has been answered, so that the runtime is about to ask for more, or a new one about to
  /// be started since this one is being killed.
  var isReturning: Bool {
    state == .ready && waiting == nil && (running.isEmpty || phase.state == .sent || isDying)
  }

  /// Classic: nothing in it, no process.
  var isVacant: Bool { state == .ended && waiting == nil && running.isEmpty }

  /// Classic: being started, and what it was started for has gone elsewhere.
  var isComing: Bool { state == .starting && waiting == nil }

  /// Delivers at once if it is idle; else at the next `/next`, for which a process is started if there is none.
  func assign(_ invocation: Invocation) {
    counters.invocations += 1
    guard !isIdle else { return deliver(invocation) }
    waiting = invocation
    if state == .ended, process == nil { start() } else if hasNothingToDo { limitWait(invocation) }
  }

  /// Gives back what waits in it, for another environment to have.
  func release() -> Invocation? {
    guard let invocation = waiting else { return nil }
    waiting = nil
    invocation.timer?.cancel()
    invocation.timer = nil
    counters.invocations -= 1
    return invocation
  }

  /// An attached runtime without a connection may be gone: there is no process to tell.
  private var hasNothingToDo: Bool {
    running.isEmpty || configuration.isAttached && phase.state == .sent && connections.isEmpty
  }

  /// A runtime that is ready, has nothing to do and does not ask for work has as long for it as one that starts.
  private func limitWait(_ invocation: Invocation) {
    invocation.timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(configuration.initLimit.nanoseconds)) {
      [weak self] in
      guard let self, waiting === invocation else { return }
      let failure = FunctionFailure(type: "Sandbox.Timedout", cause: .timeout, message: "the runtime asks for no work")
      refuseWaiting(failure)
      reset(failure)
    }
  }

  // MARK: An invocation's way

  func deliver(_ invocation: Invocation) {
    guard let connection = parked.popFirst() else { return }
    running[invocation.id] = invocation
    phase.delivered()
    invocation.begin(timeout: configuration.timeout)
    invocation.timer?.cancel()
    invocation.timer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(configuration.timeout.nanoseconds)) {
      [weak self] in
      self?.timeOut(invocation)
    }
    tell("START RequestId: \(invocation.id) Version: \(configuration.function.version)")
    hand(invocation, to: connection)
  }

  func hand(_ invocation: Invocation, to connection: RuntimeConnection) {
    invocation.carrier = connection
    connection.deliver(invocation, function: configuration.function)
  }

  /// The slot is free again. Once for each that was delivered.
  func settle(_ invocation: Invocation) {
    guard running.removeValue(forKey: invocation.id) != nil else { return }
    invocation.timer?.cancel()
    invocation.timer = nil
    invocation.relay = nil
    if NIODeadline.now() - sampledAt >= Self.freshness { sample() }
    let elapsed = Double((NIODeadline.now() - invocation.startedAt).nanoseconds) / 1e6
    let report = ReportLine(
      requestID: invocation.id, milliseconds: elapsed, initMilliseconds: isManaged ? nil : initMilliseconds,
      memoryMegabytes: configuration.memoryMegabytes, peakBytes: peakBytes, failure: invocation.failure)
    initMilliseconds = nil
    if let failure = invocation.failure {
      counters.note(failure)
      let now = EventTime.timestamp(EventTime.milliseconds())
      tell(
        failure.cause == .timeout
          ? "\(now) \(invocation.id) \(failure.message)"
          : "RequestId: \(invocation.id) Error: \(failure.message)\n\(failure.type)")
    }
    tell("END RequestId: \(invocation.id)\n\(report.text)")
    owner?.environment(self, settled: invocation.failure)
  }

  /// One that never reached the runtime.
  func refuseWaiting(_ failure: FunctionFailure) {
    guard let invocation = waiting else { return }
    waiting = nil
    invocation.timer?.cancel()
    invocation.fail(failure)
    counters.note(failure)
    tell("RequestId: \(invocation.id) Error: \(failure.message)\n\(failure.type)")
    owner?.environment(self, settled: failure)
  }

  private func tell(_ line: @autoclosure () -> String) {
    if configuration.log == .all { log.line(line()) }
  }

  private func timeOut(_ invocation: Invocation) {
    guard running[invocation.id] != nil else { return }
    let failure = FunctionFailure.timeout(configuration.timeout)
    guard isManaged else {
      // Lambda resets the sandbox, also when the response was whole and the runtime only did not come back.
      invocation.fail(failure)
      return reset(failure)
    }
    // The code runs on: its slot is busy until the worker asks for more.
    if invocation.relay == nil { timedOut.insert(invocation.id) }
    invocation.fail(failure, answer: .invokeTimeout.closing)
    settle(invocation)
  }
}

extension Environment: RelayOwner {
  func relayEnded(_ invocation: Invocation) {
    invocation.relay = nil
    guard !isManaged else { return settle(invocation) }
    phase.answered()
    owner?.environmentAnswered(self)
  }
}
