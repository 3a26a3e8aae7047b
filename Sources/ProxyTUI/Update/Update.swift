internal import LoadGen

/// The reducer: the only code that changes a model. Pure; time comes in with the ticks.
func update(_ model: inout DashboardModel, _ message: Message) -> [Effect] {
  switch message {
  case .tick(let view, let now): return tick(&model, view, now)
  case .key(let key):
    model.dirty = true
    return press(&model, key)
  case .mouse, .paste: return []
  case .resized(let size):
    model.dirty = true
    model.size = size
    keepSelectionVisible(&model)
    return [.repaint]
  case .quitRequested(let atOnce):
    model.dirty = true
    return atOnce ? quitNow(&model) : quit(&model)
  }
}

// MARK: - Time

/// How often the figures that people read are taken anew.
private let readoutInterval = 0.5

private func tick(_ model: inout DashboardModel, _ view: RunView, _ now: Double) -> [Effect] {
  let snapshot = view.snapshot
  let wasFinished = model.snapshot.phase == .finished
  let unchanged = wasFinished && snapshot.phase == .finished && snapshot.elapsedSeconds == model.snapshot.elapsedSeconds
  model.now = now
  if let until = model.notice?.until, until <= now {
    model.notice = nil
    model.dirty = true
  }
  let effects = endDrain(&model, snapshot)
  guard !unchanged else { return effects }
  model.dirty = true
  model.snapshot = snapshot
  model.takeEngineFacts()
  take(&model, view)
  if snapshot.concurrency == model.wantedConcurrency { model.wantedConcurrency = nil }
  if (snapshot.phase == .paused) == model.wantedPause || snapshot.phase.isEnding { model.wantedPause = nil }
  sample(&model)
  keepSelectionVisible(&model)
  guard snapshot.phase == .finished, model.quit == .draining else { return effects }
  model.quit = .leaving
  return effects + [.leave]
}

/// What the view tells besides the snapshot.
private func take(_ model: inout DashboardModel, _ view: RunView) {
  if view.isRestart { model.heat = HeatMap() }
  for case .end(let record) in view.events { model.heat.add(record) }
  if let latency = view.latency { model.latency = latency }
  model.detail = view.detail
}

private func endDrain(_ model: inout DashboardModel, _ snapshot: Snapshot) -> [Effect] {
  guard model.quit == .draining, let limit = model.drainUntil, model.now >= limit, snapshot.phase != .finished else {
    return []
  }
  model.drainUntil = nil
  // Also when the plan had started its last stream before anybody asked: what is cut here was not carried out.
  model.endedEarly = true
  return [.command(.stop(.now))]
}

private func sample(_ model: inout DashboardModel) {
  let counters = model.snapshot.counters
  model.history.append(
    History.Sample(
      elapsed: model.snapshot.elapsedSeconds, wire: counters.bytesWire, decoded: counters.bytesDecoded,
      streams: counters.streams))
  guard model.now - model.readoutTime >= readoutInterval - 0.001 || model.snapshot.phase == .finished else { return }
  model.readoutTime = model.now
  model.laneRates.removeAll(keepingCapacity: true)
  for lane in model.snapshot.lanes { model.laneRates.append(lane.bytesPerSecond) }
  model.readout = model.history.readout
}

// MARK: - Keys

private func press(_ model: inout DashboardModel, _ key: Key) -> [Effect] {
  if let effects = pressAlways(&model, key) { return effects }
  if model.helpShown {
    // Any other key only closes the help: nobody changes a load from behind it.
    model.helpShown = false
    return []
  }
  switch key {
  case .character("p"): return togglePause(&model)
  case .character("+"), .character("="): return changeConcurrency(&model, up: true)
  case .character("-"): return changeConcurrency(&model, up: false)
  case .character("f"):
    model.failedOnly.toggle()
    model.selection = 0
    model.top = 0
  case .escape: dismiss(&model)
  default: scroll(&model, key)
  }
  return []
}

/// Keys that mean the same whether or not the help is open; nil for all others.
private func pressAlways(_ model: inout DashboardModel, _ key: Key) -> [Effect]? {
  switch key {
  case .character("q"), .control("c"): return quit(&model)
  case .control("l"): return [.repaint]
  case .control("z"): return [.suspend]
  case .character("?"), .character("h"), .f1:
    model.helpShown.toggle()
    return []
  default: return nil
  }
}

private func togglePause(_ model: inout DashboardModel) -> [Effect] {
  guard !model.snapshot.phase.isEnding, model.quit == .no else { return refuse(&model) }
  let paused = !model.paused
  model.wantedPause = paused
  say(&model, paused ? "paused: no new streams until p" : "running again")
  return [.command(.setPaused(paused))]
}

private func changeConcurrency(_ model: inout DashboardModel, up: Bool) -> [Effect] {
  guard !model.snapshot.phase.isEnding, model.quit == .no else { return refuse(&model) }
  let step = Concurrency.step(from: model.concurrency, up: up)
  // The engine would grant no more, and a wish that is never granted would stand on the screen for ever.
  let wanted = min(step, max(1, model.maximumConcurrency))
  let isLimited = up && wanted < step
  if isLimited {
    say(&model, "concurrency \(wanted): the limit of open files; ulimit -n raises it")
  }
  guard wanted != model.concurrency else { return [] }
  model.wantedConcurrency = wanted
  if !isLimited { say(&model, "concurrency \(wanted)") }
  return [.command(.setConcurrency(wanted))]
}

/// What stays until it was read, one after the other.
private func dismiss(_ model: inout DashboardModel) {
  if let notice = model.notice, notice.until == nil {
    model.notice = nil
  } else if model.warning != nil {
    model.warningsRead += 1
  } else {
    model.notice = nil
  }
}

private func refuse(_ model: inout DashboardModel) -> [Effect] {
  say(&model, "the load is ending: nothing to change any more")
  return []
}

/// The first wish lets running streams end for a moment and then leaves, the second leaves now.
private func quit(_ model: inout DashboardModel) -> [Effect] {
  switch model.quit {
  case .no where model.snapshot.phase == .finished:
    model.quit = .leaving
    return [.leave]
  case .no:
    model.quit = .draining
    model.drainUntil = model.now + DashboardModel.drainSeconds
    model.endedEarly = !model.snapshot.phase.isEnding
    model.notice = nil
    model.warningsRead = model.warnings.count
    return [.command(.stop(.drain))]
  case .draining: return quitNow(&model)
  case .leaving: return []
  }
}

private func quitNow(_ model: inout DashboardModel) -> [Effect] {
  guard model.quit != .leaving else { return [] }
  model.quit = .leaving
  guard model.snapshot.phase != .finished else { return [.leave] }
  model.endedEarly = true
  return [.command(.stop(.now)), .leave]
}

private func say(_ model: inout DashboardModel, _ text: String) {
  model.notice = DashboardModel.Notice(text: text, until: model.now + 4)
}

// MARK: - Scrolling

private func scroll(_ model: inout DashboardModel, _ key: Key) {
  let page = max(1, (model.layout?.lanes.count ?? 1) - 1)
  switch key {
  case .up, .character("k"): model.selection &-= 1
  case .down, .character("j"): model.selection &+= 1
  case .pageUp, .control("b"): model.selection &-= page
  case .pageDown, .control("f"), .character(" "): model.selection &+= page
  case .home, .character("g"): model.selection = 0
  case .end, .character("G"): model.selection = Int.max
  default: return
  }
  keepSelectionVisible(&model)
}

private func keepSelectionVisible(_ model: inout DashboardModel) {
  let rows = model.rowCount
  let height = max(1, model.layout?.lanes.count ?? 1)
  model.selection = min(max(0, model.selection), max(0, rows - 1))
  let lowest = max(0, model.selection - height + 1)
  model.top = min(max(model.top, lowest), model.selection)
  // A table that became taller shows no emptiness below its last row.
  model.top = min(model.top, max(0, rows - height))
}

extension Snapshot.Phase {
  /// No new streams will start, whatever keys are pressed.
  var isEnding: Bool { self == .draining || self == .finished }
}
