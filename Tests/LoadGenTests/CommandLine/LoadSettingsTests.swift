import ArgumentParser
import Testing

@testable import LoadGen
@testable import ToolSupport

/// gzload's options from the environment and from a file.
@Suite struct LoadSettingsTests {
  private func settings(
    _ words: [String] = [], _ environment: [String: String] = [:], file: String? = nil
  ) throws -> Settings {
    let merge = SettingsMerge(
      catalog: try OptionCatalog(GzloadCommand.self), rules: GzloadCommand.settingsRules, environment: environment
    ) { path throws(ToolFailure) in try SettingsFile(path: path, text: file ?? "") }
    return try merge.settings(words)
  }

  /// A short name alone could be given neither in a file nor in the environment.
  @Test func everyOptionHasALongName() throws {
    for argument in try #require(try ToolDescription(GzloadCommand.self).command.arguments)
    where argument.kind != "positional" && argument.shouldDisplay {
      #expect(!argument.longNames.isEmpty, "\(argument.names?.map(\.typed) ?? [])")
    }
  }

  @Test func urlsComeFromAnywhere() throws {
    let variable = try settings([], ["GZLOAD_URL": "http://a/?x=1,2  http://b/"])
    #expect(variable.arguments == ["http://a/?x=1,2", "http://b/"])
    let file = try settings(["--config", "f"], [:], file: "url: [http://a/, http://b/]\nconcurrency: 3\n")
    #expect(file.arguments == ["http://a/", "http://b/", "--concurrency=3", "--config", "f"])
    #expect(file.source("url") == .file(path: "f", line: 1))
    let typed = try settings(["-c", "5", "http://c/"], ["GZLOAD_URL": "http://a/", "GZLOAD_CONCURRENCY": "9"])
    #expect(typed.arguments == ["-c", "5", "http://c/"] && typed.source("url") == .flag)
    let failure = try #require(throws: ToolFailure.self) { try settings([], ["GZLOAD_URL": "-k"]) }
    #expect(failure.exit == .badConfiguration && failure.message == "GZLOAD_URL: url: must not begin with a dash")
  }

  @Test func headersHaveALineEach() throws {
    let found = try settings(["http://h/"], ["GZLOAD_HEADER": "Accept: a, b\nX-Two: 2\n"])
    #expect(found.arguments == ["--header=Accept: a, b", "--header=X-Two: 2", "http://h/"])
    let command = try #require(try GzloadCommand.parseAsRoot(found.arguments) as? GzloadCommand)
    #expect(try command.load.plan(.gzload).headers == ["Accept: a, b", "X-Two: 2"])
    let list = try settings(["http://h/"], ["GZLOAD_OUTPUT_FORMAT": "json, text=x"])
    #expect(list.arguments == ["--output-format=json", "--output-format=text=x", "http://h/"])
  }

  @Test func secretsAreMasked() throws {
    let found = try settings(
      [],
      [
        "GZLOAD_URL": "http://me:tOkEn@h/", "GZLOAD_HEADER": "Authorization: tOkEn\nX-Api-Key: tOkEn",
        "GZLOAD_EXPECT_HEADER": "Set-Cookie: tOkEn",
      ])
    let text = SettingsText.yaml(found)
    #expect(!text.contains("tOkEn"), "\(text)")
    #expect(
      text.contains("url: [http://***@h/]  # GZLOAD_URL\n") || text.contains("url: [\"http://***@h/\"]  # GZLOAD_URL\n")
    )
    #expect(text.contains("header: [\"Authorization: ***\", \"X-Api-Key: ***\"]  # GZLOAD_HEADER\n"))
  }

  @Test func failuresNameTheirPlace() throws {
    let found = try settings([], ["GZLOAD_CONCURRENCY": "0", "GZLOAD_URL": "h"])
    let option = ToolFailure.usage("-c 0: must be a whole number from 1 to 1000000")
    #expect(found.attributed(option).message == "GZLOAD_CONCURRENCY: -c 0: must be a whole number from 1 to 1000000")
    #expect(found.attributed(option).exit == .badConfiguration)
    #expect(found.attributed(.usage("h: no scheme")).message == "GZLOAD_URL: h: no scheme")
    #expect(found.attributed(.usage("-z 0: x")).exit == .usage)
    #expect(found.attributed(ToolFailure(.couldNotRun, "-c 0: x")).exit == .couldNotRun)
  }

  @Test func whatOnlyInformsIsNoSetting() throws {
    let found = try settings(
      ["http://h/"], ["GZLOAD_PRINT_CONFIG": "1", "GZLOAD_CONCURENCY": "4", "GZLOAD_BASIC_AUTH": "x"])
    #expect(found.arguments == ["http://h/"])
    #expect(
      found.warnings == [
        "GZLOAD_BASIC_AUTH in the environment is no option and is ignored; did you mean GZLOAD_USER?",
        "GZLOAD_CONCURENCY in the environment is no option and is ignored; did you mean GZLOAD_CONCURRENCY?",
        "GZLOAD_PRINT_CONFIG in the environment is no option and is ignored",
      ])
  }
}
