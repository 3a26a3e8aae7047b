import Foundation
import Testing

/// gztop as a person sees it, in a real terminal.
@Suite("Dashboard", .serialized) struct DashboardTests {
  @Test("a lane that was given three 502s says so, and what the proxy holds for its stream") func lane() async throws {
    try await inTerminal(columns: 120, rows: 40) { terminal in
      let bad = "/front/function-url-502"
      try await terminal.type(
        "\(Products.path("gztop")) --embedded -c 1 -n 4 \(bad) \(bad) \(bad) '/gzip/64MiB?pace=1MiB'")
      let screen = try await terminal.wait(for: "three 502s and a memory figure on the lane") { screen in
        guard let row = Row(screen) else { return false }
        return row["502"] == "3" && row["mem"].map { $0.contains("B") && $0.first?.isNumber == true } == true
      }
      #expect(Row(screen)?["http"] == "200")
      try await terminal.key("q")
      try await terminal.wait(for: "the summary on the normal screen") {
        $0.contains("function_error") && $0.contains("ready>")
      }
      #expect(try await exitCode(terminal) != 0)
    }
  }

  @Test("streams flow at once, on every terminal", arguments: ["xterm-256color", "screen", "vt100"])
  func firstMinute(_ name: String) async throws {
    try await inTerminal(columns: 80, rows: 24, terminal: name) { terminal in
      try await terminal.type("\(Products.path("gztop"))")
      try await terminal.wait(for: "eight streaming lanes") { screen in
        lanesStreaming(screen) >= 8
      }
      try await terminal.key("?")
      try await terminal.wait(for: "the help") { $0.contains("gztop: keys") }
      try await terminal.key("?")
      try await terminal.wait(for: "the lanes again") { !$0.contains("gztop: keys") }
      try await terminal.resize(columns: 120, rows: 40)
      try await terminal.wait(for: "the larger screen") { screen in
        screen.split(separator: "\n").contains { $0.count > 100 } && screen.contains("streams/s")
      }
      try await terminal.key("+")
      try await terminal.wait(for: "a ninth lane") { screen in
        lanesStreaming(screen) >= 9
      }
      // More than once: a stop that another thread takes is late only now and then.
      for _ in 0..<5 {
        try await terminal.key("C-z")
        try await terminal.wait(for: "the shell while suspended") {
          $0.contains("ready>") && !$0.contains("streams/s")
        }
        try await terminal.type("fg")
        try await terminal.wait(for: "the dashboard again") { $0.contains("streams/s") }
      }
      try await terminal.key("q")
      try await terminal.wait(for: "the summary") { $0.contains("ready>") && $0.contains("valid") }
      #expect(try await terminal.fact("#{alternate_on}") == "0")
      #expect(try await terminal.fact("#{cursor_flag}") == "1")
    }
  }

  @Test("a function's environment has its row, on every terminal", arguments: ["xterm-256color", "vt100"])
  func environment(_ name: String) async throws {
    try await inTerminal(columns: 80, rows: 24, terminal: name) { terminal in
      try await terminal.type("\(Products.path("gztop")) --embedded=lambda -c 5")
      try await terminal.wait(for: "the environment, with its memory and its invocations") { screen in
        guard let row = Self.environment(screen) else { return false }
        return row.contains("ready") && row.contains("M of 2.00G") && row.hasSuffix("5/64  restarts   0")
      }
      for (columns, rows) in [(120, 40), (200, 60)] {
        try await terminal.resize(columns: columns, rows: rows)
        try await terminal.wait(for: "the same on a larger screen") {
          Self.environment($0)?.contains("MiB of 2.00 GiB") == true
        }
      }
      try await terminal.key("q")
      try await terminal.key("q")
      try await terminal.wait(for: "the environment in the summary") {
        $0.contains("instance     env-1: ") && $0.contains("ready>")
      }
    }
  }

  private static func environment(_ screen: String) -> Substring? {
    screen.split(separator: "\n").first { $0.hasPrefix("env-1 ") }
  }

  @Test("without a terminal gztop points at gzload") func noTerminal() async throws {
    // setsid takes the controlling terminal away, should the tests have one.
    let run = try await Tool.run("/usr/bin/env", ["setsid", "-w", Products.path("gztop"), "--embedded"], limit: 20)
    #expect(run.exit == 2)
    #expect(run.standardError.contains("gzload"))
    #expect(run.standardError.split(separator: "\n").count == 1)
  }

  @Test("a dumb terminal is refused", arguments: ["dumb", "no-such-terminal", ""]) func dumb(
    _ name: String
  ) async throws {
    try await inTerminal(columns: 80, rows: 24) { terminal in
      try await terminal.type("TERM='\(name)' \(Products.path("gztop")); echo exit $?")
      try await terminal.wait(for: "the refusal") { $0.contains("exit 2") && $0.contains("gzload") }
    }
  }

  /// Rows that say so in a letter, where there is no room, or in a word.
  private func lanesStreaming(_ screen: String) -> Int {
    screen.split(separator: "\n").count { $0.contains(" S 200 ") || $0.contains(" streaming  200 ") }
  }

  private func exitCode(_ terminal: TerminalSession) async throws -> Int {
    try await terminal.type("echo code=$?=")
    let screen = try await terminal.wait(for: "the exit code") { $0.contains(/code=\d+=/) }
    return screen.firstMatch(of: /code=(\d+)=/).flatMap { Int($0.1) } ?? -1
  }

  private func inTerminal(
    columns: Int, rows: Int, terminal name: String = "screen-256color",
    _ body: @Sendable (TerminalSession) async throws -> Void
  ) async throws {
    let terminal = try await TerminalSession(columns: columns, rows: rows, terminal: name)
    do {
      try await terminal.wait(for: "the prompt") { $0.contains("ready>") }
      try await body(terminal)
    } catch {
      await terminal.close()
      throw error
    }
    await terminal.close()
  }

  /// The first lane's row, read by the columns of the table's heading.
  private struct Row {
    private var cells: [String: String] = [:]
    subscript(name: String) -> String? { cells[name] }

    init?(_ screen: String) {
      let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
      guard let heading = lines.firstIndex(where: { String($0).contains("TTFB") || String($0).contains("ttfb") }),
        heading + 1 < lines.count
      else { return nil }
      // Cells are right or left aligned under their names: a cell belongs to the heading it overlaps.
      let row = Self.words(lines[heading + 1])
      for (name, range) in Self.words(lines[heading]) {
        cells[name.lowercased()] = row.first { $0.1.overlaps(range) }?.0
      }
    }

    private static func words(_ line: [Character]) -> [(String, Range<Int>)] {
      var words: [(String, Range<Int>)] = []
      var start: Int?
      for index in 0...line.count {
        let inWord = index < line.count && line[index] != " "
        if inWord, start == nil { start = index }
        if !inWord, let from = start {
          words.append((String(line[from..<index]), from..<index))
          start = nil
        }
      }
      return words
    }
  }
}
