import Testing
import ToolSupport

@testable import LoadGen

/// `gzload merge` and `gzload compare` as processes: their files, streams and exit codes.
@Suite struct BuiltReportToolsTests {
  private func withReports(_ results: [RunResult], _ body: (TemporaryFolder, [String]) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (index, result) in results.enumerated() { try folder.write("\(index).json", RunReport(result).json()) }
    try body(folder, results.indices.map { "\(folder.path)/\($0).json" })
  }

  private static var later: RunResult {
    var result = SampleResults.passed
    result.startedAt += 60
    return result
  }

  @Test func mergeWritesOneReport() throws {
    try withReports([SampleResults.passed, Self.later]) { folder, files in
      let text = try ToolRun("gzload", ["merge"] + files)
      #expect(text.exit == 0 && text.errors == "")
      #expect(text.output.contains("streams      400: 400 ok, 0 failed\n"))
      let out = "\(folder.path)/all.json"
      let json = try ToolRun("gzload", ["merge", "-o", out, "--output-format", "json"] + files)
      #expect(json.exit == 0 && json.output == "" && json.errors == "")
      let reports = try files.map { try NamedReport.read($0) }
      #expect(try folder.text("all.json") == ReportMerge(reports: reports).merged().json())
    }
  }

  @Test(arguments: [["--output-format", "csv"], ["--output-format", "ndjson=rows"], ["-o", "csv=rows"]])
  func mergeHasNoRows(_ arguments: [String]) throws {
    try withReports([SampleResults.passed, Self.later]) { folder, files in
      let run = try ToolRun("gzload", ["merge"] + arguments + files)
      #expect(run.exit == 2 && run.output == "")
      #expect(
        run.errors.contains("reports hold no single streams to write; choose text, json, junit,"), "\(run.errors)")
    }
    let help = try ToolRun("gzload", ["merge", "--help"]).output
    #expect(!help.contains("csv") && !help.contains("--no-progress") && help.contains("prometheus"))
  }

  @Test func severalRunsOfEachSide() throws {
    var results = [SampleResults.passed, Self.later, SampleResults.passed, Self.later]
    for index in results.indices { results[index].durationSeconds = [4, 6, 5, 7][index] }
    try withReports(results) { _, files in
      let limit = ["--max-regression", "streams:rate=1%"]
      let alone = try ToolRun("gzload", ["compare", files[0], files[1]] + limit)
      #expect(
        alone.exit == 99 && alone.output.contains("note         one run each: intervals are of the spread inside"))
      let more = ["--more-base", files[1], "--more-new", files[3]]
      let all = try ToolRun("gzload", ["compare", files[0], files[2]] + more + limit)
      #expect(all.exit == 0 && !all.output.contains("one run each"), "\(all.output)")
    }
  }

  @Test func tooFewSamplesAreNoPass() throws {
    try withReports([SampleResults.passed, Self.later]) { _, files in
      let limit = ["--max-regression", "stream_ttfb:p(99)=10%"]
      let run = try ToolRun("gzload", ["compare"] + files + limit)
      #expect(run.exit == 99)
      #expect(run.output.contains("CANNOT TELL  stream_ttfb:p(99)=10%: cannot tell: needs 500 samples, has 200"))
      #expect(!run.output.contains("passed"))
      let allowed = try ToolRun("gzload", ["compare", "--allow-few"] + files + limit)
      #expect(allowed.exit == 0 && allowed.output.contains("not judged   stream_ttfb:p(99)=10%: cannot tell: "))
    }
  }

  @Test func mergesExitIsARuns() throws {
    var failed = SampleResults.failed
    failed.plan = SampleResults.passed.plan
    failed.startedAt += 60
    try withReports([SampleResults.passed, failed]) { _, files in
      let run = try ToolRun("gzload", ["merge", "--output-format", "quiet"] + files)
      #expect(run.exit == 99)
    }
    var cut = Self.later
    cut.interrupted = true
    try withReports([SampleResults.passed, cut]) { _, files in
      let run = try ToolRun("gzload", ["merge", "--output-format", "quiet"] + files)
      #expect(run.exit == 105)
    }
  }

  @Test func mergeRefuses() throws {
    var other = Self.later
    other.plan.method = "POST"
    try withReports([SampleResults.passed, other]) { folder, files in
      let refused = try ToolRun("gzload", ["merge"] + files)
      #expect(refused.exit == 2 && refused.output == "")
      #expect(
        refused.errors.hasPrefix(
          "gzload merge: 0.json and 1.json are of different plans: method: \"GET\" and \"POST\";"))
      #expect(try ToolRun("gzload", ["merge", "--force"] + files).exit == 0)
      let missing = try ToolRun("gzload", ["merge", "\(folder.path)/no.json"])
      #expect(missing.exit == 2)
      #expect(
        missing.errors == "gzload merge: report \(folder.path)/no.json: cannot be read: No such file or directory\n")
    }
    let nothing = try ToolRun("gzload", ["merge"])
    #expect(nothing.exit == 2 && nothing.errors.hasPrefix("gzload merge: Missing expected argument '<report> ...'"))
  }

  @Test func compareTellsAndJudges() throws {
    var slow = Self.later
    slow.distributions = Distributions()
    for step in 1...200 { slow.distributions.record(.ttfb, Int64(step) * 2000) }
    try withReports([SampleResults.passed, slow]) { folder, files in
      let shown = try ToolRun("gzload", ["compare"] + files)
      #expect(shown.exit == 0 && shown.errors == "" && shown.output.contains("stream_ttfb:med "))
      let limit = ["--max-regression", "stream_ttfb:med=10%", "--max-regression", "stream_failed=0"]
      let judged = try ToolRun("gzload", ["compare"] + files + limit)
      #expect(
        judged.exit == 99 && judged.errors == "" && judged.output.contains("\nREGRESSION   stream_ttfb:med=10%: "))
      #expect(try ToolRun("gzload", ["compare", files[1], files[0]] + limit).exit == 0)
      let out = "\(folder.path)/c.json"
      let json = try ToolRun("gzload", ["compare"] + files + ["-o", out, "--output-format", "json", "--seed", "7"])
      #expect(json.exit == 0 && json.output == "")
      #expect(try folder.text("c.json").contains("\"seed\" : 7,"))
      let markdown = try ToolRun("gzload", ["compare", "--output-format", "markdown"] + files)
      #expect(markdown.output.hasPrefix("### No regression: "))
    }
  }

  @Test(arguments: [
    (["compare", "a"], "gzload compare: Missing expected argument '<new>' (gzload compare --help)\n"),
    (
      ["compare", "--seed", "x", "a", "b"], "gzload compare: --seed x: must be a whole number from 0 to \(UInt64.max)\n"
    ),
    (
      ["compare", "--output-format", "csv", "a", "b"],
      "gzload compare: --output-format csv: choose text, json or markdown\n"
    ),
    (
      ["compare", "--max-regresion", "a", "b"],
      "gzload compare: Unknown option '--max-regresion'. Did you mean '--max-regression'? (gzload compare --help)\n"
    ),
    (
      ["comprae", "a", "b"],
      "gzload: comprae: no such command; did you mean compare? For a host of that name write http://comprae/\n"
    ),
    (["-c", "5", "merge", "a"], "gzload: merge: a command comes first, as in gzload merge --help\n"),
    (
      ["--max-tme", "5s", "http://h/"],
      "gzload: Unknown option '--max-tme'. Did you mean '--max-time'? (gzload --help)\n"
    ),
    (["--completions", "tcsh"], "gzload: --completions tcsh: no script for that shell; there are zsh, bash, fish\n"),
  ]) func mistypedOnesAreAnswered(_ arguments: [String], _ line: String) throws {
    let run = try ToolRun("gzload", arguments)
    #expect(run.exit == 2 && run.output == "")
    #expect(run.errors == line)
  }

  @Test func aShortNamesDashIsNotALongOnes() throws {
    let run = try ToolRun("gzload", ["-concurrency", "5", "http://h/"])
    #expect(run.exit == 2 && run.errors.contains("Did you mean '--concurrency'?"))
  }

  @Test func helpOfEach() throws {
    for name in ["compare", "merge"] {
      let help = try ToolRun("gzload", [name, "--help"])
      #expect(help.exit == 0 && help.output.contains("USAGE: gzload \(name) ") && help.output.contains("Examples:"))
      #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(try ToolRun("gzload", ["help", name]).output == help.output)
    }
    #expect(try ToolRun("gzload", ["help"]).output == ToolRun("gzload", ["--help"]).output)
  }
}
