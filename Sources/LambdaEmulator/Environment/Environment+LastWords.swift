internal import NIOCore

/// What a runtime said before it was gone.
extension Environment {
  /// Connections that wait to be accepted are accepted meanwhile.
  static let acceptTime = TimeAmount.milliseconds(10)
  /// For what the kernel holds to be read and passed on.
  static let hearingLimit = TimeAmount.seconds(1)

  struct Hearing {
    /// Whether all connections there are have been accepted.
    var isComplete: Bool
    var timer: Scheduled<Void>
  }

  /// A process that ends by itself may have sent the whole of its response just before: the kernel has it. Its connections are read
  /// to their ends, then what is left has failed.
  func hearOut(_ reason: FunctionFailure) {
    guard !(owner?.isEnding ?? true) else { return ended(reason) }
    endReason = reason
    parked.removeAll()
    hear(for: Self.acceptTime, isComplete: false) { environment in
      environment.hear(for: Self.hearingLimit, isComplete: true) { $0.ended($0.endReason ?? reason) }
      environment.heardOut()
    }
  }

  /// Ends it if nothing more can come.
  func heardOut() {
    guard let hearing, hearing.isComplete, connections.isEmpty, let endReason else { return }
    ended(endReason)
  }

  private func hear(for limit: TimeAmount, isComplete: Bool, _ then: @escaping (Environment) -> Void) {
    let timer = loop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
      if let self { then(self) }
    }
    hearing = Hearing(isComplete: isComplete, timer: timer)
  }

  /// Attached: the runtime that said /init/error is gone, or one asks anew. It starts over as a new process would.
  func startOver() {
    let gone = failedConnections ?? []
    for (id, connection) in connections where gone.contains(id) { connection.close() }
    initTimer?.cancel()
    initTimer = nil
    state = .ended
    start()
  }
}
