import Testing
import ToolSupport

@testable import LoadGen

/// The built `gzload`, for what only a process shows: which stream a line goes to, and the exit code.
@Suite struct BuiltToolTests {
  @Test(arguments: [
    (["-c", "0", "http://h/"], "gzload: -c 0: must be a whole number from 1 to 1000000\n"),
    (["example.com"], "gzload: example.com: no scheme; did you mean http://example.com?\n"),
    (
      ["--thresold", "x", "http://h/"],
      "gzload: Unknown option '--thresold'. Did you mean '--threshold'? (gzload --help)\n"
    ),
    (["-c"], "gzload: Missing value for '-c <lanes>' (gzload --help)\n"),
    (["-o", "/nowhere/r", "http://h/"], "gzload: -o /nowhere/r: cannot be written: No such file or directory\n"),
    (["-o", "/tmp", "http://h/"], "gzload: -o /tmp: is a directory; name a file in it\n"),
    (["--embedded", "naive"], "gzload: naive: not a path; did you mean --embedded=naive?\n"),
  ])
  func usageErrors(arguments: [String], line: String) throws {
    let run = try ToolRun("gzload", arguments)
    #expect(run.errors == line)
    #expect(run.output == "")
    #expect(run.exit == 2)
  }

  @Test func versionAndHelpGoToStandardOutput() throws {
    let version = try ToolRun("gzload", ["--version"])
    #expect(version.output.hasPrefix(ToolVersion.current + "\nlibcurl "))
    #expect(version.output == ToolVersion.current + "\n" + CurlLibrary.summary + "\n")
    #expect(version.exit == 0 && version.errors == "")
    let help = try ToolRun("gzload", ["--help"])
    #expect(help.exit == 0 && help.errors == "")
    for title in ["TARGET:", "LOAD:", "REQUEST:", "NETWORK:", "JUDGING:", "OUTPUT:", "SETTINGS:", "SUBCOMMANDS:"] {
      #expect(help.output.contains(title))
    }
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
