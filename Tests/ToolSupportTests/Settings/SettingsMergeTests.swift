import ArgumentParser
import Testing

@testable import ToolSupport

/// flag > environment > file > default, as a table; and what is refused before any parser sees it.
@Suite struct SettingsMergeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var words: String
    var environment: [String: String] = [:]
    var file: String?
    var arguments: String
    var testDescription: String { "\(words) | \(environment) | \(file ?? "")" }
  }

  static let rows: [Row] = [
    Row(words: "", arguments: ""),
    Row(words: "", environment: ["SAMPLE_COUNT": "5"], arguments: "--count=5"),
    Row(words: "run", environment: ["SAMPLE_COUNT": "5"], arguments: "run --count=5"),
    Row(words: "run path", environment: ["SAMPLE_COUNT": "-5"], arguments: "run --count=-5 path"),
    Row(words: "-c 4", environment: ["SAMPLE_COUNT": "5"], arguments: "-c 4"),
    Row(words: "--count=4", environment: ["SAMPLE_COUNT": "5"], arguments: "--count=4"),
    Row(words: "-- --count", environment: ["SAMPLE_COUNT": "5"], arguments: "--count=5 -- --count"),
    Row(words: "--config f", file: "count: 6", arguments: "--count=6 --config f"),
    Row(words: "--config f", environment: ["SAMPLE_COUNT": "5"], file: "count: 6", arguments: "--count=5 --config f"),
    Row(words: "--config f -c 4", environment: ["SAMPLE_COUNT": "5"], file: "count: 6", arguments: "--config f -c 4"),
    Row(words: "", environment: ["SAMPLE_CONFIG": "f"], file: "count: 6", arguments: "--config=f --count=6"),
    // Empty is unset.
    Row(words: "", environment: ["SAMPLE_COUNT": "", "SAMPLE_CONFIG": ""], arguments: ""),
    // Flags.
    Row(words: "", environment: ["SAMPLE_VERBOSE": "1"], arguments: "--verbose"),
    Row(words: "", environment: ["SAMPLE_VERBOSE": "OFF"], arguments: ""),
    Row(words: "", environment: ["SAMPLE_COLOR": "false"], arguments: "--no-color"),
    Row(words: "", environment: ["SAMPLE_COLOR": "Yes"], arguments: "--color"),
    Row(words: "--no-color", environment: ["SAMPLE_COLOR": "true"], arguments: "--no-color"),
    Row(words: "-v", environment: ["SAMPLE_VERBOSE": "0"], arguments: "-v"),
    // Off in the environment hides on in the file.
    Row(words: "--config f", environment: ["SAMPLE_VERBOSE": "no"], file: "verbose: on", arguments: "--config f"),
    // Lists: one place's, and not all of them together.
    Row(words: "", environment: ["SAMPLE_HEADER": "a, b"], arguments: "--header=a --header=b"),
    Row(words: "-H c", environment: ["SAMPLE_HEADER": "a,b"], arguments: "-H c"),
    Row(words: "--config f", file: "header: [a, 'b, c']", arguments: "--header=a --header=b, c --config f"),
    Row(words: "--config f", file: "header:\n- a\n- b", arguments: "--header=a --header=b --config f"),
    Row(words: "--config f", file: "header: a", arguments: "--header=a --config f"),
    // Rivals: the stronger source is meant, and within one source both stay.
    Row(words: "--token t", environment: ["SAMPLE_INSECURE": "1"], arguments: "--token t"),
    Row(words: "--token t", environment: ["SAMPLE_INSECURE": "0"], arguments: "--token t"),
    Row(words: "-k", environment: ["SAMPLE_TOKEN": "kept"], arguments: "--token=kept -k"),
    Row(
      words: "--config f", environment: ["SAMPLE_TOKEN": "t"], file: "insecure: on", arguments: "--token=t --config f"),
    Row(
      words: "", environment: ["SAMPLE_TOKEN": "t", "SAMPLE_INSECURE": "1"], arguments: "--insecure --token=t"),
    // Hidden options are between a tool and its children.
    Row(words: "", environment: ["SAMPLE_READY_FD": "3"], arguments: ""),
    // Another command's.
    Row(words: "--config f", environment: ["SAMPLE_SIZE": "3"], file: "size: 3", arguments: "--config f"),
    Row(words: "other", environment: ["SAMPLE_SIZE": "3", "SAMPLE_CONFIG": "f"], arguments: "other"),
    // Help must come whatever the environment says.
    Row(words: "--help", environment: ["SAMPLE_CONFIG": "missing", "SAMPLE_COUNT": "x"], arguments: "--help"),
  ]

  @Test(arguments: rows) func merges(_ row: Row) throws {
    let words = row.words.split(separator: " ").map(String.init)
    let settings = try SampleCommand.settings(words, environment: row.environment, file: row.file)
    #expect(settings.arguments.joined(separator: " ") == row.arguments)
  }

  @Test func wordsMeanToTheParserWhatTheSourcesSaid() throws {
    let settings = try SampleCommand.settings(
      ["--config", "f", "-vl", "l", "p"], environment: ["SAMPLE_HEADER": "a,b", "SAMPLE_RAW": "--x"],
      file: "count: 9\nlisten: file\ncolor: no\ntoken: '-t='")
    let run = try SampleCommand.parsed(settings)
    #expect(run.listen == "l" && run.count == 9 && run.verbose && !run.color && run.raw == "--x" && run.token == "-t=")
    #expect(run.headers == ["a", "b"] && run.paths == ["p"])
    #expect(settings.source("listen") == .flag && settings.source("header") == .variable("SAMPLE_HEADER"))
    #expect(settings.source("count") == .file(path: "f", line: 1) && settings.source("insecure") == .standard)
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var environment: [String: String] = [:]
    var file: String?
    var message: String
    var testDescription: String { message }
  }

  static let refusals: [Refusal] = [
    Refusal(environment: ["SAMPLE_VERBOSE": "maybe"], message: "SAMPLE_VERBOSE: verbose: must be true or false"),
    Refusal(environment: ["SAMPLE_HEADER": "a,,b"], message: "SAMPLE_HEADER: needs values with commas between them"),
    Refusal(environment: ["SAMPLE_HEADER": ","], message: "SAMPLE_HEADER: needs values with commas between them"),
    Refusal(file: "\ncuont: 1", message: "f:2: cuont: no such option; did you mean count?"),
    Refusal(file: "l: x", message: "f:1: l: no such option; did you mean listen?"),
    Refusal(file: "-k: true", message: "f:1: -k: no such option; did you mean insecure?"),
    Refusal(file: "quality: 1", message: "f:1: quality: no such option"),
    Refusal(file: "ready-fd: 3", message: "f:1: ready-fd: no such option"),
    Refusal(file: "config: g", message: "f:1: config: one file does not name another"),
    Refusal(file: "listen: [a]", message: "f:1: listen: takes one value and not a list"),
    Refusal(file: "verbose: [true]", message: "f:1: verbose: takes one value and not a list"),
    Refusal(file: "count: 1\nverbose: 2", message: "f:2: verbose: must be true or false"),
    Refusal(file: nil, message: "f: missing"),
  ]

  @Test(arguments: refusals) func refuses(_ refusal: Refusal) throws {
    let words = refusal.environment.isEmpty ? ["--config", "f"] : []
    let failure = #expect(throws: ToolFailure.self) {
      try SampleCommand.settings(words, environment: refusal.environment, file: refusal.file)
    }
    #expect(failure?.message == refusal.message)
    #expect(failure?.exit == .badConfiguration)
  }

  @Test func aMistypedVariableIsNotedAndAReservedOneIsNot() throws {
    let settings = try SampleCommand.settings(environment: [
      "SAMPLE_LISTN": "1", "SAMPLE_MODE": "x", "SAMPLE_READY_FD": "3", "SAMPLE_SIZE": "1", "OTHER": "1",
      "SAMPLEX": "1",
    ])
    #expect(
      settings.warnings == [
        "SAMPLE_LISTN in the environment is no option and is ignored; did you mean SAMPLE_LISTEN?",
        "SAMPLE_READY_FD in the environment is no option and is ignored",
      ])
  }

  @Test func warningsAreFewAndOfOneLineEach() throws {
    let many = Dictionary(
      uniqueKeysWithValues: (0..<100).map { ("SAMPLE_X\n\($0)" + String(repeating: "y", count: 200), "") })
    let warnings = try SampleCommand.settings(environment: many).warnings
    #expect(warnings.count == 10)
    #expect(warnings.allSatisfy { !$0.contains("\n") && $0.count < 160 })
  }

  private func complaint(_ arguments: [String]) -> String? {
    do {
      _ = try SampleCommand.parseAsRoot(arguments)
      return nil
    } catch { return SampleCommand.message(for: error) }
  }

  @Test func aWrongValueIsItsSourcesFault() throws {
    let both = try SampleCommand.settings(
      ["--config", "f"], environment: ["SAMPLE_COUNT": "many"], file: "listen: --count\ntoken: t")
    let found = try #require(both.culprit(complaint))
    #expect(found.entry.source == .variable("SAMPLE_COUNT"))
    #expect(found.message.contains("'many'"))
    let file = try SampleCommand.settings(["--config", "f"], file: "token: t\ncount: many")
    #expect(file.culprit(complaint)?.entry.source == .file(path: "f", line: 2))
    let typed = try SampleCommand.settings(["--count", "many"], environment: ["SAMPLE_LISTEN": "x"])
    #expect(typed.culprit(complaint) == nil)
    let right = try SampleCommand.settings([], environment: ["SAMPLE_COUNT": "4"])
    #expect(right.culprit(complaint) == nil)
  }

  @Test func aFailureThatNamesAnOptionIsItsSourcesFault() throws {
    let settings = try SampleCommand.settings(["-l", "x"], environment: ["SAMPLE_COUNT": "4"])
    let outside = settings.attributed(.usage("--count", "4: too many"))
    #expect(outside.exit == .badConfiguration && outside.message == "SAMPLE_COUNT: --count 4: too many")
    let typed = settings.attributed(.usage("--listen", "x: bad"))
    #expect(typed.exit == .usage && typed.message == "--listen x: bad")
    let other = settings.attributed(ToolFailure(.couldNotRun, "no", option: "--count"))
    #expect(other.exit == .couldNotRun && other.message == "no")
  }

  @Test func nothingIsReadWhereNothingIsSaid() throws {
    let settings = try Settings.load(SampleCommand.self, ["run", "-c", "4"], environment: ["HOME": "/"])
    #expect(settings.command == nil && settings.arguments == ["run", "-c", "4"])
  }
}
