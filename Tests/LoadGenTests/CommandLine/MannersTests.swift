import Testing
import ToolSupport

@testable import LoadGen

/// How the built tools behave around their work: in a pipe, in a cron job, in a shell.
@Suite struct MannersTests {
  private static let checkout = #filePath.replacing(/Tests\/LoadGenTests\/.*/, with: "")
  static let tools = ["gzload", "gztop", "gzproxy", "gzorigin"]

  // MARK: - A cron job

  /// No HOME, no TERM, no PATH to speak of, nothing on descriptor 0, and another working directory.
  @Test func aCronJobRuns() throws {
    let run = try ShellRun.run(
      "cd / && exec env -i \"$1\" --embedded /gzip/64KiB -c 2 -n 8 --output-format json <&-", [])
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.output.contains("\"ok\" : 8,") && !run.output.contains("\u{1B}") && !run.errors.contains("\u{1B}"))
  }

  @Test func aBareEnvironmentIsEnoughForReports() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.json", RunReport(SampleResults.passed).json())
    for command in ["merge \"$2\"", "compare \"$2\" \"$2\""] {
      let run = try ShellRun.run("cd / && exec env -i \"$1\" \(command) <&-", ["\(folder.path)/a.json"])
      #expect(run.exit == 0 && run.errors == "" && run.output.contains("200"), "\(run.errors)")
    }
  }

  // MARK: - Colours and pipes

  /// `script` gives the tool a terminal; without one there is never a colour.
  @Test(arguments: [("", true), ("NO_COLOR=1", false), ("NO_COLOR=", true), ("TERM=dumb", false)])
  func coloursAreForTerminalsThatWantThem(_ setting: String, _ isColoured: Bool) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.json", RunReport(SampleResults.passed).json())
    let run = try ShellRun.run(
      "env -u NO_COLOR TERM=xterm \(setting) script -qec \"$1 compare $2 $2\" /dev/null </dev/null",
      ["\(folder.path)/a.json"])
    #expect(run.exit == 0, "\(run.errors)")
    #expect(run.output.contains("stream_ttfb:med"))
    #expect(run.output.contains("\u{1B}[") == isColoured)
    let piped = try ShellRun.run(
      "env -u NO_COLOR TERM=xterm \"$1\" compare \"$2\" \"$2\" | cat", ["\(folder.path)/a.json"])
    #expect(!piped.output.contains("\u{1B}"))
  }

  @Test(arguments: ["--help", "--completions bash", "merge $2", "compare $2 $2", "http://h/ --print-config"])
  func aReaderThatLeavesIsNoFailure(_ words: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.json", RunReport(SampleResults.passed).json())
    // The reader has gone before the first byte is written.
    let run = try ShellRun.run(
      "mkfifo $2.pipe; { \"$1\" \(words) >$2.pipe; echo $? >&2; } & exec 3<$2.pipe; exec 3<&-; wait",
      [
        "\(folder.path)/a.json"
      ])
    #expect(run.errors == "0\n")
  }

  // MARK: - Settings

  @Test func printConfigRunsNothing() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("c.yaml", "concurrency: 7\nvalidate: full\nurl: http://127.0.0.1:1/\n")
    let run = try ShellRun.run(
      "GZLOAD_GRACE=5s exec \"$1\" --config \"$2\" -c 9 --print-config", ["\(folder.path)/c.yaml"])
    #expect(run.exit == 0 && run.errors == "")
    for line in [
      "url: [http://127.0.0.1:1/]  # \(folder.path)/c.yaml:3", "concurrency: 9  # flag", "grace: 5s  # GZLOAD_GRACE",
      "validate: full  # \(folder.path)/c.yaml:2", "# max-time:  # default, none",
    ] { #expect(run.output.split(separator: "\n").contains(Substring(line)), "\(run.output)") }
    // Nothing was masked, so that it can be taken back.
    try folder.write("d.yaml", run.output)
    let again = try ToolRun("gzload", ["--config", "\(folder.path)/d.yaml", "--print-config"])
    #expect(again.exit == 0 && again.output.contains("concurrency: 9  # \(folder.path)/d.yaml:"))
    let top = try ShellRun.run("GZTOP_FPS=5 \"${1%gzload}gztop\" --print-config", [])
    #expect(top.exit == 2 || top.output.contains("fps: 5  # GZTOP_FPS"), "\(top.errors)")
  }

  @Test(arguments: [
    ("GZLOAD_CONCURRENCY=x", "", "GZLOAD_CONCURRENCY: -c x: must be a whole number from 1 to 1000000"),
    ("GZLOAD_NO_PROGRESS=maybe", "", "GZLOAD_NO_PROGRESS: no-progress: must be true or false"),
    ("", "grace: 5\n", "FILE:1: --grace 5: a duration needs a unit; did you mean 5s?"),
    ("", "\ngrase: 5s\n", "FILE:2: grase: no such option; did you mean grace?"),
    ("GZLOAD_CONFIG=/no/such", "", "GZLOAD_CONFIG: --config /no/such: No such file or directory"),
    ("", "c: 5\n", "FILE:1: c: no such option; did you mean concurrency?"),
    ("", "\n\nrequest: PUT\n", "FILE:3: request: no such option; did you mean method?"),
  ]) func wrongSettingsNameTheirPlace(_ variable: String, _ file: String, _ line: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("c.yaml", file)
    let option = file.isEmpty ? "" : "--config $2"
    let run = try ShellRun.run("\(variable) exec \"$1\" \(option) http://h/", ["\(folder.path)/c.yaml"])
    #expect(run.exit == 104 && run.output == "")
    #expect(run.errors == "gzload: \(line.replacing("FILE", with: "\(folder.path)/c.yaml"))\n")
  }

  // MARK: - Shells and manuals

  @Test(arguments: ["bash", "zsh", "fish"]) func completionsKnowEveryOption(_ shell: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for tool in ["gzload", "gztop"] {
      let run = try ToolRun(tool, ["--completions", shell])
      #expect(run.exit == 0 && run.errors == "")
      let help = try ToolRun(tool, ["--help"]).output
      let options = help.matches(of: /--([a-z][a-z0-9.-]*[a-z0-9])/).map { String($0.1) }
      #expect(options.count > 20)
      // fish lists the names without their dashes.
      for option in options { #expect(run.output.contains(option), "\(shell) of \(tool): \(option)") }
      try folder.write("\(tool).script", run.output)
      let check = try ShellRun.run(
        "command -v \(shell) >/dev/null || exit 0; exec \(shell) -n \"$2\"",
        [
          "\(folder.path)/\(tool).script"
        ])
      #expect(check.exit == 0 && check.errors == "", "\(check.errors)")
    }
  }

  @Test(arguments: tools) func manualPagesAreCurrent(_ tool: String) throws {
    let page = try ToolRun(tool, ["--generate-manual"])
    #expect(page.exit == 0 && page.errors == "")
    let path = "\(Self.checkout)Docs/man/\(tool).1"
    let committed = String(decoding: try BodyFile.read(path, option: "manual"), as: UTF8.self)
    #expect(committed == page.output, "Docs/man/\(tool).1 is out of date: run Scripts/manual.sh")
    // groff complains of what it does not understand; where there is none, nothing is checked.
    let check = try ShellRun.run(
      "command -v groff >/dev/null || exit 0; exec groff -man -Tutf8 -ww -z \"$2\"", [path])
    #expect(check.exit == 0 && check.errors == "", "\(check.errors)")
  }

  @Test(arguments: tools) func versionsAreToldAlike(_ tool: String) throws {
    let run = try ToolRun(tool, ["--version"])
    #expect(run.exit == 0 && run.errors == "" && run.output.hasPrefix(ToolVersion.current))
  }
}
