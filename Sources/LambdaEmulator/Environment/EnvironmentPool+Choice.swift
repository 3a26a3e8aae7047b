internal import NIOCore

/// Which environment an invocation goes to.
extension EnvironmentPool {
  /// Nil when none is free.
  func choose() -> Environment? {
    guard configuration.instances == .classic else { return environments.first { $0.isIdle } }
    return environments.first(where: \.isIdle) ?? environments.first(where: \.isReturning) ?? another()
  }

  /// Classic: one that does not have to come back first.
  private func another() -> Environment? {
    if let environment = environments.first(where: \.isComing) ?? environments.first(where: \.isVacant) {
      return environment
    }
    guard environments.count < configuration.concurrency else { return nil }
    let listening = add()
    guard let environment = environments.last else { return nil }
    listening.assumeIsolated().whenComplete { [loop] result in
      // In a turn of its own: a failure may be there already, before there is an invocation to tell it to.
      loop.assumeIsolated().execute {
        if case .failure(let error) = result { environment.cannotListen(error) } else { environment.startIfWanted() }
      }
    }
    return environment
  }

  /// Classic: a runtime that has answered asks for more within microseconds, and no process is started for that moment. One that
  /// does not is busy: another environment is started, if there may be one more. Whichever is idle first then gets the invocation.
  func limitReturn(of environment: Environment, for invocation: Invocation) {
    loop.assumeIsolated().scheduleTask(in: TimeAmount(configuration.classicReturnTime)) { [weak self] in
      // If its process has ended meanwhile, a new one has been started for it.
      guard let self, !isEnding, environment.waiting === invocation, environment.state == .ready,
        let other = another(), let invocation = environment.release()
      else { return }
      other.assign(invocation)
    }
  }

  /// Gives an idle environment what has waited longest for another one.
  func takeOver(_ idle: Environment) {
    let holders = environments.lazy.compactMap { holder in holder.waiting.map { (holder, $0.startedAt) } }
    guard let (holder, _) = holders.min(by: { $0.1 < $1.1 }), let invocation = holder.release() else { return }
    idle.assign(invocation)
  }
}
