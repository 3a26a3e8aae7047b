import Foundation

/// One of our servers, started as a user would, on a port of its own choosing.
final class RunningServer: Sendable {
  let port: Int
  let pid: Int32
  private let process: Process

  private init(process: Process, port: Int) {
    self.process = process
    self.port = port
    self.pid = process.processIdentifier
  }

  var url: String { "http://127.0.0.1:\(port)" }

  /// Starts `tool` (with its own idea of where to listen when `listen` is nil) and reads `listening on http://HOST:PORT` from the first line of its stdout.
  static func start(
    _ tool: String, _ arguments: [String], listen: String? = "127.0.0.1:0", environment: [String: String] = [:]
  ) async throws -> RunningServer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Products.path(tool))
    process.arguments = arguments + (listen.map { ["--listen", $0] } ?? [])
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.standardError
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let line = await Tool.onThread { Self.firstLine(output.fileHandleForReading) }
    guard line.hasPrefix("listening on http://"), let colon = line.lastIndex(of: ":"),
      let port = Int(line[line.index(after: colon)...])
    else {
      process.terminate()
      throw Failure(description: "\(tool) said \"\(line)\" instead of where it listens")
    }
    return RunningServer(process: process, port: port)
  }

  static func origin() async throws -> RunningServer { try await start("gzorigin", []) }

  /// Without its log of failed streams, of which tests make many, unless `more` says where that goes.
  static func proxy(upstream: String, _ more: [String] = []) async throws -> RunningServer {
    let log = more.contains("--access-log-file") ? [] : ["--access-log", "off"]
    return try await start("gzproxy", ["serve", "--upstream", upstream] + log + more)
  }

  /// SIGKILL: the tests of a clean end say so themselves.
  func stop() {
    kill(pid, SIGKILL)
    process.waitUntilExit()
  }

  func end(_ signal: Int32) async -> Int32 {
    kill(pid, signal)
    let process = self.process
    return await Tool.onThread {
      process.waitUntilExit()
      return process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
    }
  }

  /// Resident set in KiB, from the kernel.
  var residentKiB: Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix("VmRSS:") {
      return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
    }
    return 0
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private static func firstLine(_ handle: FileHandle) -> String {
    var line = Data()
    while line.count < 200 {
      guard let byte = try? handle.read(upToCount: 1), byte.count == 1 else { break }
      if byte[byte.startIndex] == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}
