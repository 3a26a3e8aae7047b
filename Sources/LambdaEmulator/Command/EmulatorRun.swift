internal import Synchronization
internal import ToolSupport
internal import UnixSignals

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The life of a gzlambda process: start, say where, serve, drain at SIGTERM or SIGINT, end at once at a second one.
enum EmulatorRun {
  static func run(_ configuration: EmulatorConfiguration, link: ChildLink) async throws {
    try check(DescriptorLimit.raise(), configuration)
    // Before anything is announced: a signal that comes right after the first line must drain already.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    link.watchParent { endNow(ToolExit.couldNotRun.rawValue) }
    let started = Started()
    let watch = Task {
      var isDraining = false
      for await signal in signals {
        // A runtime may take minutes to be ready: until then there is nothing to drain.
        guard !isDraining, let server = started.server else { endNow(128 + (signal == .sigint ? SIGINT : SIGTERM)) }
        isDraining = true
        // Not awaited: the second signal must be seen while the first one is being obeyed.
        Task {
          await server.drain()
          exit(0)
        }
      }
    }
    let server = try await EmulatorServer.start(configuration)
    started.server = server
    try announce(server)
    link.announce(port: server.address.port)
    await watch.value
  }

  /// Without descriptors no environment could be listened for, and clients would wait for what never comes.
  private static func check(_ limit: Int, _ configuration: EmulatorConfiguration) throws(ToolFailure) {
    // A client and a runtime's connection for each invocation; a listener, a process and its pipes for each environment.
    let each = configuration.instances == .classic ? 10 : 3
    let needed = 32 + each * configuration.concurrency
    guard limit < needed else { return }
    throw .usage(
      "--concurrency",
      "\(configuration.concurrency): needs \(needed) open files, and the limit is \(limit); raise it with ulimit -n, or use fewer"
    )
  }

  private static func announce(_ server: EmulatorServer) throws(ToolFailure) {
    let apis = server.runtimeAPIs.map { "runtime api on \($0.authority)\n" }
    try StandardOutput.write("listening on \(server.address.url)\n" + apis.joined())
  }

  private static func endNow(_ status: Int32) -> Never {
    RuntimeProcess.killAll()
    _exit(status)
  }

  /// The server, once there is one.
  private final class Started: Sendable {
    private let held = Mutex<EmulatorServer?>(nil)
    var server: EmulatorServer? {
      get { held.withLock { $0 } }
      set { held.withLock { $0 = newValue } }
    }
  }
}
