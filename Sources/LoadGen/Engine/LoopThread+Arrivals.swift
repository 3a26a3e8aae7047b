internal import ToolSupport

// The open model's side of a loop thread.
extension LoopThread {
  /// Whether times count from the plan.
  var corrects: Bool { context.allocator.isOpen && context.plan.correctsLatency }

  /// When a stream should begin, on the monotonic clock. A pause is an order to be silent: what was planned comes later by as
  /// much.
  func due(_ planned: Int64, _ ticket: StreamAllocator.Ticket) -> Int64 {
    ticket.isWarmUp ? planned : planned.saturatingAdd(orders.shift)
  }

  /// Begins every arrival that is due and has a lane, then takes the next one and sets the alarm for it. Without a free lane it
  /// takes none, so that other threads can.
  func admitArrivals() {
    while mayGoOn {
      let now = MonotonicClock.now()
      guard isTime(now) else { return }
      guard let lane = freeLane(now) else { return giveBackReserved() }
      guard let ticket = reserved ?? context.allocator.next(now: now) else {
        return idleSlots.append(lane.transfer.slot)
      }
      reserved = nil
      let due = due(ticket.plannedAt ?? now, ticket)
      if due > now {
        reserved = ticket
        alarm = due
        return idleSlots.append(lane.transfer.slot)
      }
      // The warm-up is over: what it did not come to is nobody's.
      if ticket.isWarmUp, now >= context.start {
        idleSlots.append(lane.transfer.slot)
      } else {
        begin(lane, ticket, now: now)
      }
    }
    giveBackReserved()
  }

  /// Counted where a stream begins, so that a run shows at once that it falls behind.
  func noteStart(_ delay: Int64) {
    startDelays.record(nanoseconds: delay)
    if delay > ArrivalPlan.lateAfter.nanoseconds { counters.late &+= 1 }
  }

  /// Orders may have changed how many lanes there are.
  func listIdleLanes() {
    let allowed = laneCount(MonotonicClock.now())
    idleSlots = lanes.indices.reversed().filter { $0 < allowed && lanes[$0].isIdle }
  }

  /// The lane that ended last, or a new one. Nil when all of them are busy, or wait for the name of the target.
  private func freeLane(_ now: Int64) -> Lane? {
    let allowed = laneCount(now)
    while let slot = idleSlots.popLast() {
      if slot < allowed { return lanes[slot] }
    }
    guard lanes.count < allowed, !isLookingUp(lanes.count) else { return nil }
    return makeLane()
  }

  private func giveBackReserved() {
    guard let ticket = reserved else { return }
    reserved = nil
    alarm = .max
    context.allocator.giveBack(ticket)
  }
}
