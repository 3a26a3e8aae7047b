// What a loop thread lets others see.
extension LoopThread {
  /// A copy of the histograms makes the next record copy them: once a second, and only where somebody asked.
  private func distributionsToPublish(_ now: Int64) -> Distributions? {
    guard context.plan.publishesDistributions else { return nil }
    if now >= nextDistributions {
      nextDistributions = now &+ Self.distributionsInterval
      publishedDistributions = distributions
      distributionsVersion &+= 1
      if context.allocator.isOpen { (publishedUncorrected, publishedStartDelays) = (uncorrected, startDelays) }
    }
    return publishedDistributions
  }

  func publish(_ now: Int64) {
    defer {
      let interval = max(Self.publishInterval, (MonotonicClock.now() &- now) &* 50)
      nextPublish = now &+ min(interval, Self.longestPublishInterval)
    }
    var report = LoopReport()
    report.counters = counters
    let showsLanes = context.plan.publishesLanes || tap != nil
    if showsLanes { report.lanes.reserveCapacity(lanes.count) }
    tap?.beginReport(active: active, now: now)
    for lane in lanes {
      if lane.isRunning {
        noteInstance(lane, now: now)
        tap?.running(lane, number: context.lane(thread: index, slot: lane.transfer.slot), now: now)
      }
      if showsLanes { report.lanes.append(lane.snapshot(now: now)) }
      guard !lane.isWarmUp else { continue }
      report.counters.bytesWire &+= lane.transfer.bytesWire
      report.counters.bytesDecoded &+= lane.transfer.bytesDecoded
    }
    report.active = active
    report.isDraining = !mayEverStart
    report.instances = instances
    report.distributions = distributionsToPublish(now)
    report.distributionsVersion = distributionsVersion
    report.uncorrected = publishedUncorrected
    report.startDelays = publishedStartDelays
    report.evidence = evidence
    report.warmUpFailed = warmUpFailed
    report.epoch = orders.epoch
    report.forgotten = forgotten
    report.forgottenAnswers = forgottenAnswers
    if let focus = orders.focus, isMine(focus.lane) {
      report.focus = focus
      report.detail = detail(of: focus, now: now)
    }
    report.worked = now &- began &- idle
    // Nanoseconds a second.
    report.busyNow = busy.rate(now: now, bytes: report.worked) / 1e9
    board.publish(report)
    // After the board: whoever has read these events finds nothing older on it.
    tap?.endReport()
  }

  func isMine(_ lane: Int) -> Bool { lane >= 0 && lane % context.threads == index }

  /// Everything that is known of one stream of a lane of this thread. Nil when it is forgotten.
  private func detail(of focus: RunFocus, now: Int64) -> StreamDetail? {
    let slot = focus.lane / context.threads
    if slot < lanes.count, let page = page(of: lanes[slot], stream: focus.stream, now: now) {
      return page.detail(isRunning: lanes[slot].isRunning)
    }
    guard let stream = focus.stream else { return nil }
    return album?.page(stream: stream)?.detail(isRunning: false)
  }

  /// What lanes carried last is for a person to see when they are gone.
  func closeAlbum() {
    guard album != nil else { return }
    let now = MonotonicClock.now()
    // Read before it is changed.
    let pages = lanes.prefix(StreamAlbum.lastLimit).map { page(of: $0, stream: nil, now: now) }
    album?.close(pages)
  }

  /// Of what a lane carries, or carried last; nil when that is not the wanted one.
  private func page(of lane: Lane, stream: Int?, now: Int64) -> StreamPage? {
    guard lane.stream != 0, stream == nil || stream == lane.stream else { return nil }
    let slot = lane.transfer.slot
    if lane.isRunning {
      let record = scribe.running(lane, number: context.lane(thread: index, slot: slot), now: now)
      var page = StreamPage(lane, record: record)
      page.takeEdges(of: lane.transfer)
      return page
    }
    guard let ending = album?.ending(slot: slot), ending.record.stream == lane.stream else { return nil }
    var page = StreamPage(lane, record: ending.record)
    page.takeEdges(of: lane.transfer)
    page.take(ending)
    return page
  }
}
