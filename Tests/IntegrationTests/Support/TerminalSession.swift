import Foundation
import ToolSupport

/// A shell in a real terminal (tmux, on a server of its own), to see what a person sees and to do what a person does.
final class TerminalSession: Sendable {
  private let socket = "gztop-test-\(UUID().uuidString.prefix(8))"
  private let tmux: String

  init(columns: Int, rows: Int, terminal: String = "screen-256color") async throws {
    guard let tmux = Products.system("tmux") else {
      throw RunningServer.Failure(description: "tmux is missing: Scripts/deps.sh --test installs it")
    }
    self.tmux = tmux
    // Not by Foundation's Process: the tmux server outlives the command that starts it, and would keep open what Process
    // learns of the command's end by.
    let started = try ChildProcess.start(
      executable: "/usr/bin/env",
      arguments: [
        "-u", "TMUX", "TERM=xterm-256color", "LC_ALL=C.UTF-8", tmux, "-L", socket, "-f", "/dev/null", "new-session",
        "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "PS1=ready> ", "sh",
      ], name: "tmux", errors: .inherit)
    await Tool.onThread { started.end(within: .seconds(10)) }
    if terminal != "screen-256color" { try await type("TERM=\(terminal); export TERM") }
  }

  /// The screen as text, one line a row.
  func screen() async throws -> String { try await command(["capture-pane", "-p"]) }

  /// A tmux format such as `#{alternate_on}`.
  func fact(_ format: String) async throws -> String {
    try await command(["display-message", "-p", format]).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Types a line and Enter.
  func type(_ line: String) async throws {
    _ = try await command(["send-keys", "-l", line])
    _ = try await command(["send-keys", "Enter"])
  }

  func key(_ name: String) async throws { _ = try await command(["send-keys", name]) }

  func resize(columns: Int, rows: Int) async throws {
    _ = try await command(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// The screen once it satisfies a condition; throws with the last screen when it never does.
  @discardableResult
  func wait(for what: String, seconds: Double = 40, until good: @Sendable (String) -> Bool) async throws -> String {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    var last = ""
    while ContinuousClock.now < deadline {
      last = try await screen()
      if good(last) { return last }
      try await ContinuousClock().sleep(for: .milliseconds(50))
    }
    throw RunningServer.Failure(description: "never saw \(what); the screen was:\n\(last)")
  }

  /// The shell in the terminal.
  func shell() async throws -> Int32 { Int32(try await fact("#{pane_pid}")) ?? -1 }

  /// Ends the tmux server, which is ours alone.
  func close() async { _ = try? await command(["kill-server"]) }

  private func command(_ arguments: [String]) async throws -> String {
    try await Tool.run(tmux, ["-L", socket] + arguments).output
  }
}

/// What the kernel says of processes.
enum Processes {
  /// Children of a process, by name.
  static func children(of parent: Int32) async throws -> [(pid: Int32, name: String)] {
    let list = try await Tool.run("/bin/ps", ["-A", "-o", "pid=,ppid=,comm="])
    return list.output.split(separator: "\n").compactMap { line in
      let columns = line.split(separator: " ", omittingEmptySubsequences: true)
      guard columns.count >= 3, Int32(columns[1]) == parent, let pid = Int32(columns[0]) else { return nil }
      return (pid, columns[2...].joined(separator: " "))
    }
  }

  /// Whether every process is gone (or a zombie that its new parent has yet to reap) within a bound.
  static func gone(_ pids: [Int32], seconds: Double = 40) async throws -> Bool {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    while ContinuousClock.now < deadline {
      let list = try await Tool.run("/bin/ps", ["-A", "-o", "pid=,stat="])
      let running = Set(
        list.output.split(separator: "\n").compactMap { line -> Int32? in
          let columns = line.split(separator: " ", omittingEmptySubsequences: true)
          guard columns.count == 2, !columns[1].hasPrefix("Z") else { return nil }
          return Int32(columns[0])
        })
      if pids.allSatisfy({ !running.contains($0) }) { return true }
      try await ContinuousClock().sleep(for: .milliseconds(50))
    }
    return false
  }
}
