internal import NIOCore
internal import ToolSupport

/// All environments, and which of them gets an invocation. On the event loop.
///
/// Classic: one that is idle, else one that is about to be, else a new one as long as there are fewer than the concurrency allows
/// (`EnvironmentPool+Choice`).
/// Managed: the one there is, if a worker of it has asked for work; there is no queue.
final class EnvironmentPool {
  /// How often memory is looked at.
  static let samplePeriod = TimeAmount.milliseconds(50)
  /// Workers that park one after the other at the start are waited for this long.
  static let parkingTime = TimeAmount.milliseconds(100)
  /// At the end, for runtimes that have answered to ask for more.
  static let returnLimit = TimeAmount.milliseconds(100)

  let configuration: EmulatorConfiguration
  let loop: any EventLoop
  private let log: EventLog
  /// Starts the Runtime API of an environment.
  private let listen: (Environment) -> EventLoopFuture<Void>
  private(set) var environments: [Environment] = []
  private(set) var counters = Counters()
  private(set) var rssPeakBytes: Int64 = 0
  /// Managed: invocations for which a worker is about to ask, oldest first; at most as many as there are slots.
  private var returning = CircularBuffer<Invocation>()
  private(set) var isDraining = false
  private(set) var isEnding = false
  private var sampler: Scheduled<Void>?
  private var ready: EventLoopPromise<Void>?
  private var patience: Scheduled<Void>?
  private var isPatienceOver = false
  private var drained: EventLoopPromise<Void>?
  /// Managed: starts in a row that ended before the first `/next`.
  private var failedStarts = 0

  init(
    _ configuration: EmulatorConfiguration, loop: any EventLoop, log: EventLog,
    listen: @escaping (Environment) -> EventLoopFuture<Void>
  ) {
    self.configuration = configuration
    self.loop = loop
    self.log = log
    self.listen = listen
  }

  /// Done when invocations can be taken: on Managed Instances, when the runtime has asked for work.
  func start() -> EventLoopFuture<Void> {
    scheduleSample()
    let count = configuration.instances == .classic && configuration.isAttached ? configuration.concurrency : 1
    let listening = (0..<count).map { _ in add() }
    let all = EventLoopFuture.andAllSucceed(listening, on: loop)
    guard configuration.instances == .managed else { return all }
    let promise = loop.makePromise(of: Void.self)
    if !configuration.isAttached { ready = promise } else { promise.succeed() }
    let done = promise.futureResult
    return all.assumeIsolated().flatMap {
      self.environments.first?.start()
      return done
    }.nonisolated()
  }

  /// An environment more, whose Runtime API will listen.
  func add() -> EventLoopFuture<Void> {
    let environment = Environment(
      id: "env-\(environments.count + 1)", configuration: configuration, loop: loop, log: log)
    environment.owner = self
    environments.append(environment)
    return listen(environment)
  }

  // MARK: Invocations

  func invoke(_ invocation: Invocation) {
    guard !isDraining else { return throttle(invocation) }
    if let environment = choose() {
      assign(invocation, to: environment)
    } else if workerReturns {
      hold(invocation)
    } else {
      throttle(invocation)
    }
  }

  private func assign(_ invocation: Invocation, to environment: Environment) {
    counters.invocations += 1
    let returns = environment.isReturning && !environment.isIdle
    environment.assign(invocation)
    if returns { limitReturn(of: environment, for: invocation) }
  }

  /// Managed: fewer invocations are under way than there are slots, so that a worker is about to ask again. Lambda counts
  /// invocations and not questions; who comes back at once is not one too many.
  private var workerReturns: Bool {
    configuration.instances == .managed && environments.first?.state == .ready
      && activeInvocations < configuration.concurrency
  }

  private func hold(_ invocation: Invocation) {
    returning.append(invocation)
    loop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.returnTime)) { [weak self] in
      guard let self, let index = returning.firstIndex(where: { $0 === invocation }) else { return }
      returning.remove(at: index)
      throttle(invocation)
    }
  }

  /// No invocation, and no failure of the function's: AWS counts it apart too.
  private func throttle(_ invocation: Invocation) {
    counters.throttled += 1
    let type = configuration.instances == .managed ? "Runtime.Unavailable" : "TooManyRequestsException"
    invocation.fail(FunctionFailure(type: type, cause: .throttled, message: "no environment is free"))
  }

  // MARK: Memory

  private func scheduleSample() {
    sampler = loop.assumeIsolated().scheduleTask(in: Self.samplePeriod) { [weak self] in
      self?.sample()
      self?.scheduleSample()
    }
  }

  private func sample() {
    for environment in environments { environment.sample() }
    rssPeakBytes = max(rssPeakBytes, rssBytes)
  }

  /// Over all environments.
  var rssBytes: Int64 { environments.reduce(0) { $0 &+ ($1.rssBytes ?? 0) } }
  var activeInvocations: Int { environments.reduce(returning.count) { $0 + $1.activeInvocations } }

  // MARK: The end

  /// Done when no invocation is left and no process.
  func drain() -> EventLoopFuture<Void> {
    let promise = drained ?? loop.makePromise(of: Void.self)
    drained = promise
    isDraining = true
    stopIfIdle()
    return promise.futureResult
  }

  /// Clients are waited for, and runtimes that have answered them for a moment only.
  private func stopIfIdle() {
    guard isDraining, environments.allSatisfy({ $0.unanswered == 0 }), returning.isEmpty else { return }
    guard activeInvocations == 0 || isPatienceOver else { return waitForRuntimes() }
    sampler?.cancel()
    sampler = nil
    let living = environments.filter { $0.state != .ended || $0.process != nil }
    guard !living.isEmpty else {
      drained?.succeed()
      return
    }
    for environment in living { environment.stop() }
  }

  private func waitForRuntimes() {
    guard patience == nil else { return }
    patience = loop.assumeIsolated().scheduleTask(in: Self.returnLimit) { [weak self] in
      self?.isPatienceOver = true
      self?.stopIfIdle()
    }
  }

  /// Every process is killed; what is in them fails.
  func kill() {
    isDraining = true
    isEnding = true
    let reason = FunctionFailure(type: "Runtime.ExitError", cause: .functionError, message: "gzlambda ends")
    for environment in environments { environment.reset(reason) }
  }
}

extension EnvironmentPool: EnvironmentOwner {
  func environment(_ environment: Environment, parked isFirst: Bool) {
    if environment.isIdle {
      if let invocation = returning.popFirst() { assign(invocation, to: environment) } else { takeOver(environment) }
    }
    guard let promise = ready else { return }
    failedStarts = 0
    if environment.parked.count >= configuration.concurrency {
      ready = nil
      promise.succeed()
    } else if isFirst {
      loop.assumeIsolated().scheduleTask(in: Self.parkingTime) { [weak self] in
        self?.ready?.succeed()
        self?.ready = nil
      }
    }
  }

  func environmentAnswered(_ environment: Environment) {
    guard isDraining else { return }
    loop.assumeIsolated().execute { [weak self] in self?.stopIfIdle() }
  }

  func environment(_ environment: Environment, settled failure: FunctionFailure?) {
    if let failure { counters.note(failure) }
    // Its last use of the environment may still be on the stack.
    loop.assumeIsolated().execute { [weak self] in self?.stopIfIdle() }
  }

  func environmentEnded(_ environment: Environment, reason: String, wasReady: Bool) {
    while let invocation = returning.popFirst() { throttle(invocation) }
    if isDraining {
      if environments.allSatisfy({ $0.state == .ended && $0.process == nil }), activeInvocations == 0 {
        drained?.succeed()
      }
      return
    }
    if let promise = ready {
      ready = nil
      promise.fail(ToolFailure(.couldNotRun, "the runtime ended before it asked for work: \(reason)"))
      return
    }
    guard configuration.instances == .managed else { return }
    failedStarts = wasReady ? 0 : failedStarts + 1
    if !wasReady { log.line("gzlambda: the runtime ended before it asked for work: \(reason)") }
    // At once, unless it comes to nothing: then after 0.2 s, 0.4 s, … 12.8 s.
    let delay = failedStarts == 0 ? 0 : Int64(100) << Int64(min(failedStarts, 7))
    loop.assumeIsolated().scheduleTask(in: .milliseconds(delay)) { [weak self] in
      if self?.isDraining == false { environment.start() }
    }
  }
}
