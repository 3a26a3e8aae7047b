internal import Synchronization
internal import ToolSupport

// What a person changes while the run goes on. Each says what came of it in one line.
extension LoadEngine {
  /// Less than one arrival in a hundred seconds is a pause.
  static let lowestRate = 0.01

  /// Bodies that begin from now on are judged so; running ones go on as they began.
  func setValidation(_ mode: ValidationMode) -> RunReply {
    guard mode.inflates || !plan.expectations.needsInflating else {
      return RunReply(
        "validation stays \(validation.rawValue): what is expected of bodies needs full or compare", isFailure: true)
    }
    let isChange = state.withLock { state in
      guard mode != state.orders.validation ?? plan.validation else { return false }
      state.steering.changed(validation: mode, at: state.elapsed(MonotonicClock.now()).secondsFromNanoseconds)
      return true
    }
    if isChange { order { $0.validation = mode } }
    return RunReply("validation is \(mode.rawValue) for bodies that begin from now on")
  }

  /// Of bodies that begin now.
  var validation: ValidationMode { state.withLock { $0.orders.validation } ?? plan.validation }

  /// Arrivals a second from now on, of the whole plan as `-q` is; clamped to what `-q` takes. Stages that were planned are
  /// replaced, and the run's end stays.
  func setRate(_ wanted: Double) -> RunReply {
    guard case .rate(_, let stages) = plan.arrivals, wanted.isFinite else {
      return RunReply("no rate to change: streams begin when lanes are free (-q sets a rate)", isFailure: true)
    }
    let rate = min(max(Self.lowestRate, wanted), RateText.highest)
    state.withLock { state in
      let now = MonotonicClock.now()
      guard let context = state.context else { return }
      context.allocator.setRate(rate, at: state.planned(now))
      state.steering.changed(
        rate: rate, hasStages: !stages.isEmpty, at: state.elapsed(now).secondsFromNanoseconds)
    }
    order { $0.schedule &+= 1 }
    return RunReply("\(RateText.shown(rate)) from now on")
  }

  /// Arrivals a second that are planned now; nil in a closed model.
  var rate: Double? {
    state.withLock { state in state.context?.allocator.rate(at: state.planned(MonotonicClock.now())) }
  }

  /// Cuts one running stream, which counts as `cut_by_deadline`; its lane goes on. Does nothing to one that is over.
  func abortStream(lane: Int, stream: Int) -> RunReply {
    let number = HumanText.grouped(stream)
    guard isUnderWay(stream, lane: lane) else {
      return RunReply("stream \(number) is over: nothing to cut", isFailure: true)
    }
    order { $0.aborts.add(lane: lane, stream: stream) }
    return RunReply("stream \(number) is to be cut, unless it ends first")
  }

  /// As the lane's thread said at most a report ago: the stream may end by itself before an order is read.
  private func isUnderWay(_ stream: Int, lane: Int) -> Bool {
    let board = boards[max(0, lane) % boards.count]
    let (slot, lanes) = (lane / boards.count, board.latest().lanes)
    guard board.left() == nil, lanes.indices.contains(slot), lanes[slot].lane == lane else { return false }
    return lanes[slot].stream == stream ? lanes[slot].state != .ended : lanes[slot].stream < stream
  }

  /// Everything is counted from now on, in the result too. Streams in flight will count whole.
  ///
  /// - Returns: false when nothing is counted yet, or any more.
  func resetStatistics() -> Bool {
    guard !boards.allSatisfy(\.isFinished) else { return false }
    let use = ProcessUse.now()
    let resetAt: Int64? = state.withLock { state in
      let now = MonotonicClock.now()
      guard let context = state.context, now > context.start else { return nil }
      state.resetAt = now
      state.useAtReset = use
      state.steering.reset(at: state.elapsed(now).secondsFromNanoseconds)
      state.orders.epoch &+= 1
      for mailbox in mailboxes { mailbox.post(state.orders) }
      return state.elapsed(now) / 1000
    }
    guard let resetAt else { return false }
    events?.post(.reset(at: resetAt))
    return true
  }

  /// Everything that is known of a stream; nil until its thread has answered, and when it is forgotten.
  ///
  /// - Parameter focus: nil is that nobody looks any more.
  func detail(of focus: RunFocus?) -> StreamDetail? {
    let isNew = state.withLock { $0.orders.focus != focus }
    if isNew { order { $0.focus = focus } }
    guard let focus, focus.lane >= 0 else { return nil }
    let board = boards[focus.lane % boards.count]
    if let left = board.left() { return left.album?.detail(of: focus.stream, slot: focus.lane / boards.count) }
    let report = board.latest()
    return report.focus == focus ? report.detail : nil
  }
}
