import Testing

@testable import LoadGen

/// A load on a scripted server with a dashboard's source before it.
final class LiveHarness {
  let server: ScriptedServer
  let engine: LoadEngine
  let source: LiveSource
  private let hub: RecordHub
  /// Of all views so far.
  private(set) var events: [RecordEvent] = []
  private(set) var replies: [RunReply] = []
  private(set) var restarts = 0

  init(
    path: String = "/", _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step],
    _ change: (inout LoadPlan) -> Void
  ) throws {
    server = try ScriptedServer(script)
    var plan = EngineHarness.plan(server.url(path)) {
      $0.publishesDistributions = true
      $0.streams = nil
    }
    change(&plan)
    let feed = StreamFeed()
    hub = RecordHub(
      desk: HubDesk(targets: plan.urls, consumers: [feed]) { [plan] in
        RecordHeader(plan: plan, startedAt: $0, lab: nil)
      })
    engine = try LoadEngine(plan: plan, memory: NoTargetMemory(), events: hub)
    source = LiveSource(engine, feed: feed)
    try engine.start()
  }

  func view(_ focus: RunFocus? = nil) -> RunView {
    let view = source.view(of: focus)
    events += view.events
    replies += view.replies
    if view.isRestart { restarts += 1 }
    EngineHarness.expectSums(view.snapshot.counters)
    return view
  }

  /// Looks until the stream in focus is as it should be.
  func detail(_ focus: RunFocus, _ isSo: (StreamDetail) -> Bool) throws -> StreamDetail {
    var found: StreamDetail?
    EngineHarness.eventually("the stream is seen") {
      found = view(focus).detail
      return found.map(isSo) ?? false
    }
    return try #require(found)
  }

  /// Ends the run and everything around it.
  func finish(_ how: LoadStop? = .now) -> RunResult {
    if let how { engine.stop(how) }
    let result = engine.wait()
    _ = hub.stop()
    hub.finish(nil)
    server.stop()
    EngineHarness.expectSums(result.counters)
    return result
  }
}
