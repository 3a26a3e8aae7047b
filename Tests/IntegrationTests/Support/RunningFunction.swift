import Foundation

/// gzlambda before a runtime, as a developer starts it.
struct RunningFunction: Sendable {
  let server: RunningServer
  var url: String { server.url }

  /// - Parameters:
  ///   - options: of gzlambda.
  ///   - command: the runtime's.
  static func start(_ options: [String], _ command: [String]) async throws -> RunningFunction {
    let listen = ["--listen", "127.0.0.1:0", "--bandwidth", "off", "--log", "off"]
    return RunningFunction(
      server: try await RunningServer.start("gzlambda", listen + options + ["--"] + command, listen: nil))
  }

  /// gzproxy as the runtime, before an upstream.
  static func proxy(_ options: [String], upstream: String, _ more: [String] = []) async throws -> RunningFunction {
    let quiet = ["--access-log", "off", "--access-log-file", "/dev/null"]
    return try await start(options, [Products.path("gzproxy"), "lambda", "--upstream", upstream] + quiet + more)
  }

  /// Its runtimes end with it, which is a promise of gzlambda's.
  func stop() { server.stop() }

  /// What `/.gzlambda/stats` says.
  func stats() async throws -> Report {
    let answer = try await Tool.run("/usr/bin/curl", ["-sS", "--max-time", "10", url + "/.gzlambda/stats"])
    return try Report(answer.standardOutput)
  }
}
