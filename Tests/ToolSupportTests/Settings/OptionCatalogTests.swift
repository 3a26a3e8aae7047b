import ArgumentParser
import Testing

@testable import ToolSupport

/// What is known of a tool's options is what ArgumentParser knows.
@Suite struct OptionCatalogTests {
  @Test func knowsEveryOptionOfTheHelpAndNoHiddenOne() throws {
    let run = try #require(try OptionCatalog(SampleCommand.self).root.subcommand("run"))
    #expect(
      run.options.map(\.key) == [
        "config", "listen", "count", "verbose", "insecure", "color", "header", "raw", "token",
      ])
    let help = SampleCommand.helpMessage(for: SampleCommand.Run.self)
    for option in run.options {
      for name in option.names { #expect(help.contains(name), "\(name)") }
    }
    #expect(try OptionCatalog(SampleCommand.self).allKeys == Set(run.options.map(\.key)).union(["size"]))
  }

  @Test func knowsWhatTheyTake() throws {
    let run = try #require(try OptionCatalog(SampleCommand.self).root.subcommand("go"))
    #expect(run.option("listen")?.names.sorted() == ["--listen", "-l"])
    #expect(run.option("listen")?.takesValue == true && run.option("listen")?.defaultValue == "127.0.0.1:1")
    #expect(run.option("verbose")?.takesValue == false && run.option("verbose")?.inverse == nil)
    #expect(run.option("color")?.inverse == "--no-color")
    #expect(run.option("header")?.isRepeating == true && run.option("count")?.isRepeating == false)
    #expect(run.option("raw")?.takesAnyWord == true && run.option("count")?.takesAnyWord == false)
  }
}
