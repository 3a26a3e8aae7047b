internal import ToolSupport

/// What of a run is written or served while it goes on: the record, rows of streams, the live endpoints. Everything is opened
/// before the run, so that a wrong name costs nothing.
final class LiveOutputs {
  /// Nil when nobody wants the events of streams.
  let hub: RecordHub?
  /// Of the dashboard, where there is one.
  let feed: StreamFeed?
  let late: LateOutputs?
  private let server: LiveServer?
  private let control: ControlBox
  private let toolName: String
  private let outcomes: [OutputOutcome]

  /// - Parameters:
  ///   - reports: of these, `ndjson` and `csv` are made here.
  ///   - ownsScreen: the tool draws on the terminal, so that no row may.
  /// - Throws: `usage` or `couldNotRun`, one line with the option.
  init(
    plan: LoadPlan, reports: [OutputPlan.Report], observation: ObservationPlan, lab: LabMode?, toolName: String,
    ownsScreen: Bool
  ) throws(ToolFailure) {
    try Self.refuseShared(observation.record, reports)
    let control = ControlBox()
    self.control = control
    self.toolName = toolName
    let feed = ownsScreen ? StreamFeed() : nil
    self.feed = feed
    var consumers: [any EventConsumer] = []
    if let feed { consumers.append(feed) }
    let late = ownsScreen ? Self.late(reports, observation, control) : nil
    consumers += late?.consumers ?? []
    self.late = late
    var outcomes: [OutputOutcome] = []
    // Rows that nobody reads any more are a reason to stop where they are all that was wanted.
    let isAll = reports.count == 1 && observation == ObservationPlan()
    for report in reports {
      guard let format = Self.rowFormat(report.format) else { continue }
      if report.file == nil, ownsScreen, TerminalFacts.of(descriptor: 1).isTerminal {
        throw .usage(
          "--output-format \(report.format.rawValue): the screen is on this terminal; name a file, or send stdout elsewhere"
        )
      }
      let outcome = OutputOutcome()
      outcomes.append(outcome)
      let file = try OutputFile(
        file: report.file, option: "--output-format \(report.format.rawValue)", outcome: outcome)
      consumers.append(
        StreamRows(output: file, outcome: outcome, format: format) { if isAll { control.readerLeft() } })
    }
    if let name = observation.record {
      let outcome = OutputOutcome()
      outcomes.append(outcome)
      let file = try OutputFile(file: name, option: "--record", outcome: outcome)
      consumers.append(RecordFile(output: file, limit: observation.recordLimit.bytes))
    }
    if let address = observation.listen {
      let server = try LiveServer(address) { control.snapshot() }
      consumers.append(EventFeedWriter(feed: server.pages.feed) { control.snapshot() })
      self.server = server
      Self.announce(server, address, toolName)
    } else {
      server = nil
    }
    self.outcomes = outcomes
    hub = Self.hub(consumers, plan, lab)
  }

  /// Under whatever names: what is written last would be all that is left.
  private static func refuseShared(_ record: String?, _ reports: [OutputPlan.Report]) throws(ToolFailure) {
    guard let record else { return }
    let file = FileIdentity(record)
    let isShared = reports.contains { ($0.file.map(FileIdentity.init) ?? .ofStandardOutput()) == file }
    guard !isShared else {
      throw .usage("--record \(OptionText.shown(record)): a report goes there too; give each its own")
    }
  }

  private static func late(
    _ reports: [OutputPlan.Report], _ observation: ObservationPlan, _ control: ControlBox
  ) -> LateOutputs {
    LateOutputs(
      runRecord: observation.record, reports: reports.compactMap(\.file),
      limit: observation.recordLimit.bytes
    ) { control.snapshot() }
  }

  private static func hub(
    _ consumers: sending [any EventConsumer], _ plan: LoadPlan, _ lab: LabMode?
  ) -> RecordHub? {
    guard !consumers.isEmpty else { return nil }
    return RecordHub(
      desk: HubDesk(targets: plan.urls, consumers: consumers) { RecordHeader(plan: plan, startedAt: $0, lab: lab) })
  }

  func observers() -> [any RunObserver] { hub.map { [RunRecorder(hub: $0)] } ?? [] }

  /// The run that is to be shown.
  func attach(_ engine: any LoadControl) { control.set(engine) }

  /// Ends everything; what was lost is added to the result's notes.
  ///
  /// - Parameter result: nil when the run did not come to its end.
  /// - Returns: a line for each output that could not be written.
  func finish(_ result: inout RunResult?) -> [String] {
    // The reader of the only output went away: what it did not want was not interrupted.
    if control.hasLostReader { result?.interrupted = false }
    let missing = hub?.stop() ?? []
    result?.notes += missing
    hub?.finish(result.map(RecordFinal.init))
    server?.stop()
    control.set(nil)
    for line in missing { StandardError.write("\(toolName): \(line)\n") }
    let unwritten = outcomes.compactMap { outcome -> String? in
      if case .unwritable(let line)? = outcome.failure { line } else { nil }
    }
    // Whoever would have read it on the screen has left.
    return unwritten + (late?.record.replies().filter(\.isFailure).map(\.text) ?? [])
  }

  private static func rowFormat(_ format: OutputPlan.Format) -> StreamRows.Format? {
    switch format {
    case .ndjson: .ndjson
    case .csv: .csv
    default: nil
    }
  }

  private static func announce(_ server: LiveServer, _ address: LiveAddress, _ toolName: String) {
    StandardError.write("\(toolName): metrics on \(address.url(port: server.port))\n")
    guard !address.isLoopback else { return }
    StandardError.write(
      "\(toolName): warning: --metrics-listen \(address.host): whoever reaches this address can read the run's URLs\n")
  }
}
