import ArgumentParser
import LoadGen
import Testing

@testable import ProxyTUI
@testable import ToolSupport

/// What is shown goes with nothing that makes a load.
@Suite struct ShowingArgumentsTests {
  /// The check of a whole command line, as the tool makes it.
  private static func refusal(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> ToolFailure? {
    let loaded = try Settings.load(GztopCommand.self, arguments, environment: environment)
    let command = try #require(try GztopCommand.parseAsRoot(loaded.arguments) as? GztopCommand)
    let settings = try Settings.$current.withValue(loaded) { try Settings.ofThisRun(GztopCommand.self) }
    do {
      try command.showing.check(settings)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      (["--replay", "f", "--watch", "u"], ["--replay", "--watch"]),
      (["--attach", "1", "--watch", "u"], ["--attach", "--watch"]),
      (["--replay", "f", "http://h/"], ["--replay", "http://h/"]),
      (["--watch", "u", "-c", "3"], ["--watch", "--concurrency"]),
      (["--attach", "1", "--embedded=proxy"], ["--attach", "--embedded"]),
      (["--replay", "f", "-o", "x"], ["--replay", "--output"]), (["--replay", "f", "--record", "x"], ["--record"]),
      (["--replay", "f", "--threshold", "streams:count > 1"], ["--threshold"]),
    ]) func whatCannotGoTogether(_ arguments: [String], _ names: [String]) throws
  {
    let failure = try #require(try Self.refusal(arguments))
    #expect(failure.exit == .usage)
    for name in names { #expect(failure.message.contains(name), "\(failure.message)") }
  }

  @Test func theScreensOptionsGoWithAll() throws {
    for arguments in [
      ["--replay", "f", "--fps", "5", "--ascii", "--theme", "mono", "--no-mouse", "--no-color", "--yes"], ["-c", "3"],
      [],
    ] { #expect(try Self.refusal(arguments) == nil) }
    #expect(throws: (any Error).self) { try GztopCommand.parseAsRoot(["--theme", "pink"]) }
    #expect(throws: (any Error).self) { try GztopCommand.parseAsRoot(["--fps", "0.1"]) }
  }

  /// What is typed takes the place of what a variable says.
  @Test func theStrongerSourceWins() throws {
    #expect(try Self.refusal(["--replay", "f"], environment: ["GZTOP_CONCURRENCY": "9", "GZTOP_WATCH": "u"]) == nil)
    let settings = try Settings.load(GztopCommand.self, ["http://h/"], environment: ["GZTOP_REPLAY": "f"])
    let command = try #require(try GztopCommand.parseAsRoot(settings.arguments) as? GztopCommand)
    #expect(command.showing.given == nil)
    #expect(try Self.refusal([], environment: ["GZTOP_REPLAY": "f", "GZTOP_CONCURRENCY": "9"]) != nil)
  }

  @Test func whatIsNotThereIsSaidBeforeTheScreen() throws {
    for (arguments, exit, words) in [
      (["--replay", "/no/such"], ToolExit.usage, "--replay /no/such"), (["--attach", "x"], .usage, "--attach x"),
      (["--watch", "x"], .usage, "--watch x"), (["--attach", "127.0.0.1:1"], .couldNotRun, "--metrics-listen"),
      (["--watch", "http://127.0.0.1:1"], .couldNotRun, "running there?"),
    ] {
      let command = try #require(try GztopCommand.parseAsRoot(arguments) as? GztopCommand)
      let failure = #expect(throws: ToolFailure.self) { _ = try command.showing.source() }
      #expect(failure?.exit == exit && failure?.message.contains(words) == true, "\(failure?.message ?? "")")
    }
  }
}
