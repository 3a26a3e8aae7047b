import ArgumentParser
import Testing

@testable import LoadGen
@testable import ToolSupport

/// What `--print-config` prints is what would run, and gives the same run when it is taken back.
@Suite struct PrintedSettingsTests {
  static let lines: [[String]] = [
    ["http://h/"], ["http://h/", "http://i/", "-c", "3", "-n", "10k"], ["http://h/", "-z", "90s", "--grace", "0"],
    ["http://h/", "-q", "90/m", "-z", "5s", "--warm-up", "1s", "--threshold", "late:rate < 1%"],
    ["http://h/", "--stages", "1s:5,1s:0"], ["http://h/", "-d", "a b", "-H", "X: y"], ["http://h/", "-m", "HEAD"],
    ["http://h/", "--http2", "-p", "7"], ["http://h/", "--http2"], ["http://h/", "--validate", "frame"],
    ["http://h/", "--abort-on-fail"], ["http://h/", "--abort-on-fail", "--abort-delay", "1500ms"],
    ["http://h/", "--no-default-thresholds"], ["http://h/", "--threads", "3", "-c", "9", "--seed", "5"],
    ["http://h/", "--expect-status", "200,404", "--expect-header", "A: b"], ["--embedded=naive"],
    ["--embedded=proxy", "/gzip/1KiB"], ["--embedded=lambda", "-c", "3"],
    ["--embedded=buffered", "--lab-concurrency", "7"],
    ["http://h/", "-o", "r.json", "--output-format", "json"],
    ["http://h/", "-o", "r"], ["http://h/", "-o", "json=-"], ["http://h/", "--output-format", "json=-"],
    ["http://h/", "--output-format", "quiet"], ["http://h/", "--output-format", "json=j", "--output-format", "hgrm=h"],
    ["http://h/", "--record", "r.ndjson"], ["http://h/", "-6", "-k", "--connect-timeout", "250ms"],
  ]

  private static func settings(_ words: [String], file: String? = nil) throws -> Settings {
    let merge = SettingsMerge(
      catalog: try OptionCatalog(GzloadCommand.self), rules: GzloadCommand.settingsRules, environment: [:]
    ) { path throws(ToolFailure) in try SettingsFile(path: path, text: file ?? "") }
    return try merge.settings(words)
  }

  private static func printed(_ settings: Settings, _ defaults: LoadDefaults) throws -> (text: String, run: String) {
    let command = try #require(try GzloadCommand.parseAsRoot(settings.arguments) as? GzloadCommand)
    let standards = try command.load.standards(defaults, output: command.output)
    let mode = try command.load.labMode(defaults)
    let plan = try command.load.plan(defaults)
    let outputs = try command.output.plan()
    let run =
      "\(plan) \(mode.map(\.rawValue) ?? "-") \(try command.load.labConcurrency(defaults, plan) ?? 0) \(outputs.reports) \(outputs.progress)"
      + " \(outputs.hgrmMetric) \(try command.load.observation.plan())"
    return (SettingsText.yaml(settings, standards: standards), run)
  }

  @Test(arguments: lines) func givesTheSameRunAgain(_ words: [String]) throws {
    let (text, run) = try Self.printed(Self.settings(words), .gzload)
    let (again, same) = try Self.printed(Self.settings(["--config", "f"], file: text), .gzload)
    #expect(same == run, "\(text)")
    // Only the sources differ: what was a default is the file's now.
    let bare = { (text: String) in
      text.split(separator: "\n").filter { !$0.hasPrefix("# ") }.map { line in
        line[..<(line.firstRange(of: "  # ")?.lowerBound ?? line.endIndex)]
      }
    }
    #expect(bare(again) == bare(text))
  }

  @Test func theDashboardsLabIsPrinted() throws {
    let (text, run) = try Self.printed(Self.settings([]), .gztop)
    for line in ["# embedded: proxy  # default", "# concurrency: 8  # default", "# streams:  # default, none"] {
      #expect(text.split(separator: "\n").contains(Substring(line)), "\(text)")
    }
    #expect(text.contains("url: [\"\(Lab.demoTargets[0])\""))
    #expect(try Self.printed(Self.settings(["--config", "f"], file: text), .gztop).run == run)
  }

  /// What was printed for one command line stands in no other's way.
  @Test(arguments: [["-d", "x"], ["-z", "5m"], ["-o", "json=-"], ["--output-format", "json=-"]])
  func laterFlagsMeanWhatTheyMean(_ words: [String]) throws {
    let file = try Self.printed(Self.settings(["http://h/"]), .gzload).text
    let (_, alone) = try Self.printed(Self.settings(words + ["http://h/"]), .gzload)
    let (_, beside) = try Self.printed(Self.settings(["--config", "f"] + words, file: file), .gzload)
    #expect(beside == alone)
  }

  /// A default is a value that could have been typed, and not a remark of the help.
  @Test func defaultsAreValues() throws {
    let text = try Self.printed(Self.settings(["http://h/"]), .gzload).text
    let lines = Set(text.split(separator: "\n").map(String.init))
    for line in [
      "# concurrency: 50  # default", "# streams: 200  # default", "grace: 30s  # default", "# method: GET  # default",
      "validate: compare  # default", "reference-memory: 256MiB  # default", "expect-status: 200-399  # default",
      "connect-timeout: 5s  # default", "slow-start: 1s  # default", "# output-format: [text]  # default",
      "# cacert:  # default, none", "# watch-pid:  # default, none", "# max-time:  # default, none",
      "# threshold: [\"stream_failed:rate == 0\", \"gzip_invalid:rate == 0\"]  # default",
    ] { #expect(lines.contains(line), "\(line) in \(text)") }
    // Every option has a line, and none a remark.
    for option in try #require(try Self.settings(["http://h/"]).command).options where option.key != "config" {
      let mine = lines.filter { $0.hasPrefix("\(option.key): ") || $0.hasPrefix("# \(option.key):") }
      #expect(mine.count == 1, "\(option.key)")
      #expect(
        mine.allSatisfy { $0.hasSuffix("# default") || $0.hasSuffix("# default, none") || $0.hasSuffix("# flag") })
    }
  }
}
