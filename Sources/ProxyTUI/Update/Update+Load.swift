internal import LoadGen

// Keys that change the load. Each says what it did, or why it cannot.
extension DashboardModel {
  /// Nil for keys that are no business of the load's.
  mutating func pressForLoad(_ key: Key) -> [Effect]? {
    switch key {
    case .character("p") where abilities.contains(.load): return togglePause()
    case .character("p") where playback == nil:
      say("no load of ours: it cannot be paused here")
      return []
    case .character("+"), .character("="): return changeConcurrency(by: 1)
    case .character("-"): return changeConcurrency(by: -1)
    case .character("]"): return changeConcurrency(by: 10)
    case .character("["): return changeConcurrency(by: -10)
    case .character(">") where playback == nil: return changeRate(up: true)
    case .character("<") where playback == nil: return changeRate(up: false)
    case .character("#"): return askForRate()
    case .character("v"): return openValidationMenu()
    case .character("!"): return openFaultMenu()
    case .character("r"): return openRelayMenu()
    case .character("s"): return openReportMenu()
    case .character("w"): return toggleRecord()
    case .character("R"): return askToReset()
    default: return nil
    }
  }

  /// Whether a command makes sense now; says why not.
  private mutating func allows(_ ability: RunAbilities, or explanation: String) -> Bool {
    guard abilities.contains(ability) else {
      say(explanation)
      return false
    }
    return true
  }

  private mutating func isRunning() -> Bool {
    guard !snapshot.phase.isEnding, quit == .no else {
      say("the load \(snapshot.phase == .finished ? "has ended" : "is ending"): nothing to change any more")
      return false
    }
    return true
  }

  static let pausedText = "paused: no new streams until p"

  private mutating func togglePause() -> [Effect] {
    guard isRunning() else { return [] }
    let paused = !self.paused
    wantedPause = paused
    say(paused ? Self.pausedText : "running again")
    return [.command(.setPaused(paused))]
  }

  private mutating func changeConcurrency(by step: Int) -> [Effect] {
    guard allows(.concurrency, or: "no load of ours: lanes cannot be changed here"), isRunning() else { return [] }
    let step = min(max(1, concurrency &+ step), Concurrency.highest)
    // The engine would grant no more, and a wish that is never granted would stand on the screen for ever.
    let wanted = min(step, max(1, maximumConcurrency))
    let isLimited = wanted < step
    if isLimited { say("concurrency \(wanted): the limit of open files; ulimit -n raises it") }
    guard wanted != concurrency else { return [] }
    wantedConcurrency = wanted
    if !isLimited { say("concurrency \(wanted)") }
    return [.command(.setConcurrency(wanted))]
  }

  private static let noRate =
    "no planned arrivals: each lane begins its next stream when the last one ends; -q RATE plans them"

  private var lackOfRate: String {
    abilities.contains(.load) ? Self.noRate : "no load of ours: its rate cannot be changed here"
  }

  private mutating func changeRate(up: Bool) -> [Effect] {
    guard allows(.rate, or: lackOfRate), isRunning(), let rate else { return [] }
    return setRate(Double(Concurrency.step(from: Int(min(max(1, rate), 1e9)), up: up)))
  }

  mutating func setRate(_ wanted: Double) -> [Effect] {
    rate = wanted
    say("arrivals: \(FieldText.number(wanted)) a second")
    return [.command(.setRate(wanted))]
  }

  private mutating func askForRate() -> [Effect] {
    guard allows(.rate, or: lackOfRate), isRunning() else { return [] }
    overlay = .prompt(Prompt(purpose: .rate, text: rate.map(FieldText.number) ?? ""))
    return []
  }

  private mutating func askToReset() -> [Effect] {
    guard allows(.resetStatistics, or: "nothing to reset here"), isRunning() else { return [] }
    overlay = .question(
      Question(text: "count from zero? the report will be of what ends from now on", command: .resetStatistics))
    return []
  }

  mutating func askToAbort() {
    guard allows(.abortStream, or: "no load of ours: nothing to cut here") else { return }
    let lane = detail?.record.lane ?? row(at: streams.list.selection)?.lane.lane
    guard let lane, let stream = runningStream(lane) else { return say("no stream runs there") }
    let text = "cut stream \(stream) on lane \(lane)? it counts as cut by us, not as a failure"
    overlay = .question(Question(text: text, command: .abortStream(lane: lane, stream: stream)))
  }

  /// The opened stream, or the one that a lane carries; nil when it is over.
  private func runningStream(_ lane: Int) -> Int? {
    guard let view = snapshot.lanes.first(where: { $0.lane == lane }), view.state != .idle, view.state != .ended else {
      return nil
    }
    if let opened = focus?.stream, opened != view.stream { return nil }
    return view.stream
  }

  private mutating func toggleRecord() -> [Effect] {
    guard allows(.record, or: "no load of ours: nothing to record here") else { return [] }
    guard record == nil else { return [.command(.setRecord(path: nil))] }
    overlay = .prompt(Prompt(purpose: .record, text: fileName("ndjson")))
    return []
  }

  /// One that no other moment of the run has.
  func fileName(_ ending: String) -> String {
    "\(label.fileStem)-\(Int(min(max(0, snapshot.elapsedSeconds.isFinite ? snapshot.elapsedSeconds : 0), 1e9)))s.\(ending)"
  }

  // MARK: - Menus

  private mutating func openValidationMenu() -> [Effect] {
    guard allows(.validation, or: "no load of ours: it is judged by whoever drives it"), isRunning() else { return [] }
    let items = ValidationMode.allCases.map {
      Menu.Item(title: $0.rawValue, detail: Self.meaning($0), choice: .command(.setValidation($0)))
    }
    let present = ValidationMode.allCases.firstIndex { $0 == validation } ?? 0
    open(Menu(title: "how bodies are judged from now on", items: items, selection: present))
    return []
  }

  private static func meaning(_ mode: ValidationMode) -> String {
    switch mode {
    case .full: "every body is inflated to its last byte"
    case .compare: "like full, but equal bodies of a URL are compared with the first, proven one"
    case .frame: "HTTP framing only; no body is opened"
    case .off: "nothing: how fast bytes come"
    }
  }

  private mutating func openFaultMenu() -> [Effect] {
    guard allows(.faults, or: "faults are injected into the embedded lab only: gztop without a URL, or --embedded"),
      isRunning()
    else { return [] }
    var items = faults.map {
      Menu.Item(title: LoadLine.name($0.fault), detail: $0.explanation, choice: .command(.setFault($0.fault)))
    }
    items.insert(
      Menu.Item(title: "nothing", detail: "everything is as it should be", choice: .command(.setFault(nil))), at: 0)
    let present = items.firstIndex { $0.choice == .command(.setFault(fault)) } ?? 0
    open(Menu(title: "what goes wrong in the lab from now on", items: items, selection: present))
    return []
  }

  private var lackOfRelay: String {
    abilities.contains(.faults)
      ? "nothing to switch in this lab: a function's responses always go through memory"
      : "switched in the embedded lab only: a gzproxy of your own takes --relay, and POST on its --admin-listen"
  }

  private mutating func openRelayMenu() -> [Effect] {
    guard allows(.relay, or: lackOfRelay), isRunning() else { return [] }
    let items = LabRelay.allCases.map {
      Menu.Item(title: $0.rawValue, detail: $0.meaning, choice: .command(.setRelay($0)))
    }
    let present = LabRelay.allCases.firstIndex { $0 == relay } ?? 0
    open(Menu(title: "how the lab's gzproxy moves bodies from now on", items: items, selection: present))
    return []
  }

  private mutating func openReportMenu() -> [Effect] {
    guard allows(.report, or: "no load of ours: the report is written by whoever drives it") else { return [] }
    let items = OutputPlan.Format.allCases.filter { $0 != .quiet }.map {
      Menu.Item(title: $0.rawValue, detail: Self.meaning($0), choice: .saveReport($0))
    }
    open(Menu(title: "save a report of the run so far", items: items))
    return []
  }

  private static func meaning(_ format: OutputPlan.Format) -> String {
    switch format {
    case .text: "the summary that gzload prints"
    case .json: "everything, gzload/1: gzload compare and merge read it"
    case .ndjson: "a line for each of the latest streams"
    case .csv: "the same for a spreadsheet"
    case .junit: "thresholds as test cases, for CI"
    case .html: "a page with charts"
    case .markdown: "a summary for a pull request"
    case .prometheus: "the metrics as text"
    case .hgrm: "the percentile spectrum, for HdrHistogram's plotters"
    case .quiet: ""
    }
  }
}
