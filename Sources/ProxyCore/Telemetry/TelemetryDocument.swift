internal import NIOCore
internal import ToolSupport

/// What can be asked for under `/.gzproxy/` and is put together from what every loop tells.
enum TelemetryDocument: Sendable {
  case stats, metrics

  var type: StaticString {
    switch self {
    case .stats: "application/json"
    case .metrics: PrometheusText.contentType
    }
  }

  func text(_ process: ProcessReport, _ loops: [LoopReport]) -> String {
    switch self {
    case .stats: StatsDocument.make(process, loops)
    case .metrics: MetricsDocument.make(process, loops)
    }
  }
}

/// Looks at the process when someone asks.
struct ProcessReporter: Sendable {
  let shared: SharedState
  private let startedAt = NIODeadline.now()
  private let startedAtSeconds = Double(WallClock.milliseconds()) / 1000

  init(shared: SharedState) { self.shared = shared }

  func report() -> ProcessReport {
    ProcessReport(
      instance: shared.instance, version: ToolVersion.current, startedAtSeconds: startedAtSeconds,
      uptimeSeconds: Double((NIODeadline.now() - startedAt).nanoseconds) / 1e9,
      rssBytes: ProcessUsage.residentBytes(), rssPeakBytes: ProcessUsage.residentPeakBytes(),
      cpuSeconds: ProcessUsage.cpuSeconds(), openDescriptors: ProcessUsage.openDescriptors(),
      activeStreams: shared.active, relay: shared.relay, upstreamConnections: shared.upstreamCount,
      pipes: shared.pipeCount,
      droppedLogLines: shared.accessLog?.writer.droppedLines ?? 0, reservedBytes: shared.memory.reserved,
      memoryLimit: shared.memory.limit)
  }
}
