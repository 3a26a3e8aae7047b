import Testing

@testable import ToolSupport

/// Which command runs and which options a command line names, for each way to write them.
@Suite struct CommandLineScanTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var words: String
    var given: [String]
    var command = "run"
    var insertion = 0
    var testDescription: String { words }
  }

  static let lines: [Line] = [
    Line(words: "", given: []),
    Line(words: "--listen x", given: ["listen=x"]),
    Line(words: "run --listen x", given: ["listen=x"], insertion: 1),
    Line(words: "go --listen x", given: ["listen=x"], insertion: 1),
    Line(words: "--listen=x --count=4", given: ["listen=x", "count=4"]),
    Line(words: "--listen=a=b", given: ["listen=a=b"]),
    Line(words: "-l x -c 4", given: ["listen=x", "count=4"]),
    Line(words: "-l=x", given: ["listen=x"]),
    Line(words: "-vk", given: ["verbose", "insecure"]),
    Line(words: "-vc 4 --listen x", given: ["verbose", "count=4", "listen=x"]),
    Line(words: "-vc4", given: ["verbose", "count=4"]),
    Line(words: "--verbose --no-color", given: ["verbose", "color"]),
    Line(words: "-H a -H b", given: ["header=a", "header=b"]),
    Line(words: "--raw --listen", given: ["raw=--listen"]),
    Line(words: "--count --listen x", given: ["count", "listen=x"]),
    Line(words: "--listen - path", given: ["listen=-"]),
    Line(words: "path --listen x", given: ["listen=x"]),
    Line(words: "-- --listen x", given: []),
    Line(words: "--listen x -- --count 1", given: ["listen=x"]),
    Line(words: "--ready-fd 3 --listen x", given: ["listen=x"]),
    Line(words: "--unknown --listen x", given: ["listen=x"]),
    Line(words: "other --size 3", given: ["size=3"], command: "other", insertion: 1),
    // A value that is spelt like a command is a value.
    Line(words: "--listen other", given: ["listen=other"]),
  ]

  @Test(arguments: lines) func reads(_ line: Line) throws {
    let words = line.words.split(separator: " ").map(String.init)
    let scan = CommandLineScan(words, try OptionCatalog(SampleCommand.self))
    #expect(scan.given.map { $0.option.key + ($0.value.map { "=" + $0 } ?? "") } == line.given)
    #expect(scan.command.name == line.command)
    #expect(scan.insertion == line.insertion)
    #expect(!scan.onlyInforms)
  }

  @Test(arguments: ["--help", "-h", "run --help", "help run", "--version", "--listen x -h"])
  func helpIsNoRun(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    #expect(CommandLineScan(words, try OptionCatalog(SampleCommand.self)).onlyInforms)
  }
}
