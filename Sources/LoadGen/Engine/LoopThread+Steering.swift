// What a person changes while the thread runs.
extension LoopThread {
  /// Does what is new in the orders.
  func steer(from old: LoopOrders, now: Int64) {
    if orders.validation != old.validation {
      for lane in lanes { lane.transfer.judge.mode = validation }
    }
    if orders.epoch != old.epoch { forgetStatistics(now) }
    if orders.schedule != old.schedule { retimeReserved() }
    abortStreams()
    // Whoever waits for these sees them at once.
    let isAsked = orders.focus != old.focus && orders.focus.map { isMine($0.lane) } ?? false
    if isAsked || orders.epoch != old.epoch { publish(now) }
  }

  /// Of bodies that begin now.
  var validation: ValidationMode { orders.validation ?? context.plan.validation }

  /// Everything that is counted begins anew. Streams in flight will count whole.
  private func forgetStatistics(_ now: Int64) {
    forgotten &+= counters.streams
    forgottenAnswers &+= counters.responses
    let warmUpStreams = counters.warmUpStreams
    counters = Counters()
    counters.warmUpStreams = warmUpStreams
    distributions = Distributions()
    uncorrected = Distributions()
    startDelays = StartDelays()
    evidence = EvidenceKeeper()
    album?.forgetProofs()
    instances.forgetStreams()
    nextDistributions = now
    for lane in lanes {
      lane.forgetTotals()
      guard lane.isRunning, !lane.isWarmUp else { continue }
      lane.hasNotedInstance = false
      if lane.ticket?.plannedAt != nil { noteStart(lane.startDelay) }
    }
    (began, idle, busy) = (now, 0, RateWindow(now: now))
    tap?.announceAnew()
  }

  /// The arrival that this thread waits for comes at another time.
  private func retimeReserved() {
    guard let ticket = reserved else { return }
    let retimed = context.allocator.retimed(ticket)
    reserved = retimed
    alarm = retimed.plannedAt.map { due($0, retimed) } ?? alarm
  }

  private func abortStreams() {
    for entry in orders.aborts.after(abortsDone) where isMine(entry.lane) {
      let slot = entry.lane / context.threads
      guard slot < lanes.count, lanes[slot].isRunning, lanes[slot].stream == entry.stream else { continue }
      end(lanes[slot], transport: .cutByDeadline)
    }
    abortsDone = orders.aborts.serial
  }
}
