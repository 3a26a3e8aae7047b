import Foundation

/// One finished run of a command.
struct ToolRun: Sendable {
  var exit: Int32
  var standardOutput: Data
  var standardError: String
  var seconds: Double

  var output: String { String(decoding: standardOutput, as: UTF8.self) }
}

enum Tool {
  /// Runs a command to its end. A command that takes longer than `limit` seconds is killed, and its exit is -1.
  static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = [:], limit: Double = 60
  ) async throws -> ToolRun {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors

    let started = ContinuousClock.now
    try process.run()
    let pid = process.processIdentifier
    // The pipes are emptied while the command runs, or a long report would block it.
    async let outputData = Self.drain(output.fileHandleForReading)
    async let errorData = Self.drain(errors.fileHandleForReading)
    let killer = Task.detached {
      try await ContinuousClock().sleep(for: .seconds(limit))
      kill(pid, SIGKILL)
    }
    let (standardOutput, standardError) = await (outputData, errorData)
    await Self.onThread { process.waitUntilExit() }
    killer.cancel()
    let ended = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    let spent = ContinuousClock.now - started
    return ToolRun(
      exit: ended, standardOutput: standardOutput, standardError: String(decoding: standardError, as: UTF8.self),
      seconds: Double(spent.components.seconds) + Double(spent.components.attoseconds) / 1e18)
  }

  static func gzload(
    _ arguments: [String], environment: [String: String] = [:], limit: Double = 60
  ) async throws -> ToolRun {
    try await run(Products.path("gzload"), arguments + ["--no-progress"], environment: environment, limit: limit)
  }

  private static func drain(_ handle: FileHandle) async -> Data {
    await onThread { (try? handle.readToEnd()) ?? Data() }
  }

  /// Blocking calls stay off the cooperative pool.
  static func onThread<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: body()) }
    }
  }
}
