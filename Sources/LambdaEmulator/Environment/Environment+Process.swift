internal import NIOCore
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The life of its process.
extension Environment {
  /// How long a runtime may take between SIGTERM and SIGKILL (AWS's open-source supervisor).
  static let stopLimit = TimeAmount.milliseconds(600)

  /// Starts the process, or begins to wait for one that is started by hand.
  func start() {
    guard state == .ended, process == nil, let api else { return }
    state = .starting
    phase = RuntimePhase()
    endReason = nil
    failedConnections = nil
    hasReportedInit = false
    startedAt = .now()
    scheduleInitLimit()
    guard !configuration.isAttached else { return }
    if hasStartedBefore { restarts += 1 }
    hasStartedBefore = true
    let me = NIOLoopBound(self, eventLoop: loop)
    let loop = loop
    do throws(ToolFailure) {
      let started = try RuntimeProcess.start(
        configuration.command,
        environment: RuntimeEnvironment.variables(configuration, api: api.authority, instance: id)
      ) { process in loop.execute { me.value.processEnded(process) } }
      process = started
      memory = ResidentMemory(pid: started.pid)
      rssBytes = nil
      peakBytes = nil
    } catch {
      ended(FunctionFailure(type: "Runtime.InvalidEntrypoint", cause: .functionError, message: error.message))
    }
  }

  private func scheduleInitLimit() {
    initTimer = loop.assumeIsolated().scheduleTask(in: .nanoseconds(configuration.initLimit.nanoseconds)) {
      [weak self] in
      guard let self, state == .starting else { return }
      let failure = FunctionFailure(
        type: "Sandbox.Timedout", cause: .timeout,
        message: "the runtime asked for no work within \(configuration.initLimit.milliseconds) ms")
      reset(failure)
    }
  }

  /// Ends the process at once; what is in it has failed for this reason.
  func reset(_ failure: FunctionFailure) {
    if endReason == nil { endReason = failure }
    guard let process else { return ended(failure) }
    process.signal(SIGKILL)
  }

  /// SIGTERM, then SIGKILL.
  func stop() {
    guard !isStopping else { return }
    isStopping = true
    initTimer?.cancel()
    if !isManaged, phase.state == .sent { settleAnswered() }
    guard let process else {
      ended(FunctionFailure(type: "Runtime.ExitError", cause: .functionError, message: "gzlambda ends"))
      return
    }
    process.signal(SIGTERM)
    loop.scheduleTask(in: Self.stopLimit) { process.signal(SIGKILL) }
  }

  private func processEnded(_ process: RuntimeProcess) {
    let status = process.reap()
    guard process === self.process else { return }
    self.process = nil
    memory = nil
    rssBytes = nil
    // Killed, or given up by itself: nobody waits for what it may have said since.
    if let endReason { return ended(endReason) }
    let message =
      status == .exited(0)
      ? "Runtime exited without providing a reason" : "Runtime exited with error: \(status.description)"
    hearOut(FunctionFailure(type: "Runtime.ExitError", cause: .functionError, message: message))
  }

  /// Everything in it fails; it can be started anew.
  func ended(_ reason: FunctionFailure) {
    let wasReady = state == .ready
    state = .ended
    hearing?.timer.cancel()
    hearing = nil
    initTimer?.cancel()
    initTimer = nil
    endReason = nil
    failedConnections = nil
    parked.removeAll()
    for connection in Array(connections.values) { connection.close() }
    for invocation in Array(running.values) {
      invocation.fail(reason)
      settle(invocation)
    }
    phase = RuntimePhase()
    if !wasReady || owner?.isEnding ?? true { refuseWaiting(reason) }
    owner?.environmentEnded(self, reason: reason.message, wasReady: wasReady)
    if waiting != nil { start() }
  }

  /// Looks at the memory; above its size the runtime is killed.
  func sample() {
    sampledAt = .now()
    guard let process, let bytes = memory?.read() else { return }
    rssBytes = bytes
    peakBytes = max(peakBytes ?? 0, bytes)
    guard bytes > configuration.memoryBytes, endReason == nil else { return }
    endReason = FunctionFailure(
      type: "Runtime.OutOfMemory", cause: .functionError, message: "Runtime exited with error: signal: killed")
    process.signal(SIGKILL)
  }
}

/// The start of one whose Runtime API has only begun to listen.
extension Environment {
  func startIfWanted() {
    if waiting != nil { start() }
  }

  func cannotListen(_ error: any Error) {
    refuseWaiting(
      FunctionFailure(type: "Runtime.Unavailable", cause: .functionError, message: "no Runtime API: \(error)"))
  }
}
