internal import ToolSupport

/// Turns snapshots into progress lines. Pure: time comes with the snapshot, the terminal's width with the call.
struct ProgressMeter {
  private let streams: Int?
  private let duration: Double?
  private let schedule: ArrivalSchedule?
  private let hasStages: Bool
  private var last: (seconds: Double, bytes: Int64)?
  private var bytesPerSecond = 0.0
  /// When the end was asked for and how long running streams have from there, in seconds; nil while the run goes on.
  private var interruption: (at: Double, limit: Double)?

  init(plan: LoadPlan) {
    streams = plan.ownStreams
    duration = plan.runDuration?.seconds
    schedule = ArrivalSchedule(plan.arrivals)
    hasStages = plan.arrivals.stagesDuration != nil
  }

  /// From `elapsed` seconds on the run only ends, within `limit` seconds. Only the first call counts.
  mutating func interrupted(at elapsed: Double, limit: Double) {
    if interruption == nil { interruption = (elapsed, limit) }
  }

  /// One line of at most `width` columns, to be redrawn: a bar and the time left where the end is known. An interrupted run
  /// has no bar: how far it would have come no longer says when it ends.
  mutating func bar(_ snapshot: Snapshot, width: Int) -> String {
    measure(snapshot)
    let text = facts(snapshot)
    if let interruption {
      let left = max(0, interruption.limit - (snapshot.elapsedSeconds - interruption.at)).rounded(.up)
      return String("\(text), at most \(HumanText.duration(left)) left".prefix(max(0, width)))
    }
    guard let fraction = fraction(snapshot) else { return String(text.prefix(max(0, width))) }
    let percent = TextLayout.right("\(Int(fraction * 100))%", 4)
    let left = timeLeft(fraction, snapshot).map { "  \(HumanText.duration($0)) left" } ?? ""
    let room = width - percent.count - text.count - left.count - 4
    guard room >= Self.shortestBar else { return String((percent + "  " + text).prefix(max(0, width))) }
    let cells = min(room, Self.longestBar)
    let full = Int(fraction * Double(cells))
    let drawn = String(repeating: "=", count: full) + String(repeating: " ", count: cells - full)
    return "[\(drawn)]\(percent)  \(text)\(left)"
  }

  /// One line for a log.
  mutating func line(_ snapshot: Snapshot) -> String {
    measure(snapshot)
    return HumanText.duration(snapshot.elapsedSeconds.rounded()) + "  " + facts(snapshot)
      + ", \(HumanText.grouped(snapshot.active)) running"
  }

  private func facts(_ snapshot: Snapshot) -> String {
    if let seconds = snapshot.secondsToStart { return ahead(snapshot, seconds) }
    let counters = snapshot.counters
    var text = HumanText.grouped(counters.streams)
    if let streams { text += "/\(HumanText.grouped(streams))" }
    text += " streams, \(HumanText.rate(bytesPerSecond))"
    if let goal = goal(snapshot) { text += ", \(goal)" }
    if counters.failed > 0 { text += ", \(HumanText.grouped(counters.failed)) failed" }
    if counters.late > 0 { text += ", \(HumanText.grouped(counters.late)) late" }
    if counters.dropped > 0 { text += ", \(HumanText.grouped(counters.dropped)) dropped" }
    if snapshot.phase == .draining { text += ", draining" }
    return text
  }

  /// What there is to say before the plan's first moment.
  private func ahead(_ snapshot: Snapshot, _ seconds: Double) -> String {
    let left = HumanText.duration(max(0, seconds).rounded(.up))
    guard snapshot.phase == .warmingUp else { return "starts in \(left)" }
    return "warming up, \(left) left, \(HumanText.grouped(snapshot.counters.warmUpStreams)) streams"
  }

  /// What the plan asks for at this moment, where that is more than `-c` says: arrivals, or the lanes of a ramp.
  private func goal(_ snapshot: Snapshot) -> String? {
    guard snapshot.phase == .running else { return nil }
    if let schedule {
      let rate = schedule.rate(at: snapshot.elapsedSeconds)
      return "goal \(HumanText.fixed(rate, rate < 10 ? 1 : 0))/s"
    }
    guard hasStages else { return nil }
    return snapshot.concurrency == 1 ? "1 lane" : "\(HumanText.grouped(snapshot.concurrency)) lanes"
  }

  /// How far the run is, 0…1, by whichever end comes first; nil when it has none.
  private func fraction(_ snapshot: Snapshot) -> Double? {
    let byCount = streams.map { Double(snapshot.counters.streams) / Double(max(1, $0)) }
    let byTime = duration.map { snapshot.elapsedSeconds / max($0, 1e-9) }
    guard let fraction = [byCount, byTime].compactMap({ $0 }).max(), fraction.isFinite else { return nil }
    return min(max(fraction, 0), 1)
  }

  /// Nothing is foretold from less than a hundredth of the run.
  private func timeLeft(_ fraction: Double, _ snapshot: Snapshot) -> Double? {
    guard fraction >= 0.01, fraction < 1, snapshot.elapsedSeconds > 0.5 else { return nil }
    return (snapshot.elapsedSeconds * (1 - fraction) / fraction).rounded(.up)
  }

  /// Smoothed over about a second, so that the number can be read.
  private mutating func measure(_ snapshot: Snapshot) {
    let now = (seconds: snapshot.elapsedSeconds, bytes: snapshot.counters.bytesWire)
    defer { last = now }
    guard let last else {
      bytesPerSecond = now.seconds > 0 ? Double(now.bytes) / now.seconds : 0
      return
    }
    let seconds = now.seconds - last.seconds
    guard seconds > 0 else { return }
    let current = Double(max(0, now.bytes &- last.bytes)) / seconds
    let weight = min(1, seconds)
    bytesPerSecond += (current - bytesPerSecond) * weight
  }

  private static let shortestBar = 8
  private static let longestBar = 30
}
