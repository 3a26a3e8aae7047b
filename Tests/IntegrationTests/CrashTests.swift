import Foundation
import Testing

/// Whatever ends a tool, the terminal works afterwards and no child is left.
@Suite("Crashes and signals", .serialized) struct CrashTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var tool: String
    var signal: Int32
    var name: String
    var testDescription: String { "\(tool), \(name)" }
  }

  static let cases: [Case] = ["gztop", "gzload"].flatMap { tool in
    [(SIGKILL, "SIGKILL"), (SIGSEGV, "SIGSEGV"), (SIGTERM, "SIGTERM")].map {
      Case(tool: tool, signal: $0.0, name: $0.1)
    }
  }

  @Test("leave no child and a working terminal", arguments: cases) func crash(_ crash: Case) async throws {
    let terminal = try await TerminalSession(columns: 100, rows: 30)
    do {
      try await check(crash, in: terminal)
    } catch {
      await terminal.close()
      throw error
    }
    await terminal.close()
  }

  private func check(_ crash: Case, in terminal: TerminalSession) async throws {
    try await terminal.wait(for: "the prompt") { $0.contains("ready>") }
    let before = try await settings(terminal)
    try await terminal.type("\(Products.path(crash.tool)) --embedded -c 4 -z 60s '/gzip/64MiB?pace=1MiB'")
    let shell = try await terminal.shell()
    let pid = try await running(crash.tool, under: shell)
    if crash.tool == "gztop" { try await terminal.wait(for: "the dashboard") { $0.contains("streams/s") } }
    let children = try await children(of: pid, atLeast: crash.tool == "gztop" ? 3 : 2)

    kill(pid, crash.signal)

    #expect(try await Processes.gone([pid] + children.map(\.pid)), "left over: \(children)")
    try await terminal.type("")
    try await terminal.type("echo back; echo to-the-shell")
    try await terminal.wait(for: "the shell's echo") { $0.contains("back\nto-the-shell") }
    #expect(try await settings(terminal) == before)
    #expect(try await terminal.fact("#{alternate_on}") == "0")
    #expect(try await terminal.fact("#{cursor_flag}") == "1")
    #expect(try await terminal.fact("#{mouse_any_flag}") == "0")
    #expect(try await terminal.fact("#{keypad_flag}") == "0")
  }

  /// `stty -g` in the terminal: every setting, in one line.
  private func settings(_ terminal: TerminalSession) async throws -> String {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("gztop-stty-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try await terminal.type("stty -g > \(file.path).part && mv \(file.path).part \(file.path)")
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while ContinuousClock.now < deadline {
      if let text = try? String(contentsOf: file, encoding: .utf8), !text.isEmpty { return text }
      try await ContinuousClock().sleep(for: .milliseconds(20))
    }
    throw RunningServer.Failure(description: "the shell does not answer:\n\(try await terminal.screen())")
  }

  private func running(_ tool: String, under shell: Int32) async throws -> Int32 {
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while ContinuousClock.now < deadline {
      if let found = try await Processes.children(of: shell).first(where: { $0.name == tool }) { return found.pid }
    }
    throw RunningServer.Failure(description: "\(tool) never ran")
  }

  private func children(of pid: Int32, atLeast count: Int) async throws -> [(pid: Int32, name: String)] {
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while ContinuousClock.now < deadline {
      let found = try await Processes.children(of: pid)
      if found.count >= count { return found }
    }
    throw RunningServer.Failure(description: "\(pid) never had \(count) children")
  }
}
