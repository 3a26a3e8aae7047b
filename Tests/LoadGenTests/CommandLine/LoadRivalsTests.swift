import ArgumentParser
import Testing

@testable import LoadGen
@testable import ToolSupport

/// Flag > environment > file, with another option too where both cannot hold.
@Suite struct LoadRivalsTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var words: String
    var environment: [String: String] = [:]
    var file: String?
    /// What holds, and what has lost its place.
    var holds: String
    var testDescription: String { "\(words) | \(environment) | \(file ?? "")" }
  }

  /// The words of a run, a line each.
  static let rows: [Row] = [
    Row(words: "--http1.1 http://h/", environment: ["GZLOAD_HTTP2": "true"], holds: "--http1.1 http://h/"),
    Row(
      words: "--http1.1 http://h/", environment: ["GZLOAD_HTTP2": "true", "GZLOAD_STREAMS_PER_CONNECTION": "4"],
      holds: "--http1.1 http://h/"),
    Row(words: "--http2 http://h/", file: "disable-keepalive: true\nhttp1.1: true", holds: "--http2 http://h/"),
    Row(words: "-f FILE", file: "url: http://h/", holds: "-f FILE"),
    Row(words: "http://h/", environment: ["GZLOAD_FILE": "FILE"], holds: "http://h/"),
    Row(words: "", environment: ["GZLOAD_URL": "http://h/"], file: "targets: x\nfile: FILE", holds: "http://h/"),
    Row(words: "http://h/", environment: ["GZLOAD_EMBEDDED": "proxy"], holds: "http://h/"),
    Row(words: "http://h/", file: "embedded: proxy", holds: "http://h/"),
    Row(words: "/gzip/1KiB", file: "embedded: naive", holds: "--embedded=naive /gzip/1KiB"),
    Row(words: "--embedded=proxy", file: "url: [http://h/, /gzip/1KiB]", holds: "/gzip/1KiB --embedded=proxy"),
    Row(words: "--embedded=proxy", file: "watch-url: http://w/\nwatch-pid: 1", holds: "--embedded=proxy"),
    Row(words: "--embedded=proxy", file: "lab-concurrency: 9", holds: "--embedded=proxy"),
    Row(words: "--embedded=lambda", file: "lab-concurrency: 9", holds: "--lab-concurrency=9 --embedded=lambda"),
    Row(words: "http://h/", file: "embedded: lambda\nlab-concurrency: 9", holds: "http://h/"),
    Row(words: "--burst 5@1s http://h/", file: "rate: 50", holds: "--burst 5@1s http://h/"),
    Row(words: "-q 9 http://h/", file: "burst: 5@1s", holds: "-q 9 http://h/"),
    Row(words: "-q 9 http://h/", file: "stages: '1s:5/s'", holds: "--stages=1s:5/s -q 9 http://h/"),
    Row(
      words: "--stages 1s:5 http://h/", file: "rate: 9\nno-latency-correction: true\nconcurrency: 3",
      holds: "--stages 1s:5 http://h/"),
    Row(words: "--stages 1s:5 http://h/", file: "concurrency: 9", holds: "--concurrency=9 --stages 1s:5 http://h/"),
    Row(words: "-6 http://h/", file: "ipv4: true", holds: "-6 http://h/"),
    Row(words: "-6 http://h/", environment: ["GZLOAD_IPV4": "off"], holds: "-6 http://h/"),
    Row(words: "-D FILE http://h/", file: "data: x", holds: "-D FILE http://h/"),
    Row(words: "-d x http://h/", file: "data-file: FILE", holds: "-d x http://h/"),
    Row(words: "-d x http://h/", file: "method: HEAD", holds: "-d x http://h/"),
    Row(words: "-d x http://h/", file: "method: PUT", holds: "--method=PUT -d x http://h/"),
    Row(words: "-m head http://h/", file: "data: x", holds: "-m head http://h/"),
    Row(words: "-x p:1 http://h/", file: "unix-socket: /s", holds: "-x p:1 http://h/"),
    Row(words: "-k http://h/", file: "cacert: FILE", holds: "-k http://h/"),
    Row(
      words: "-T a/b http://h/", file: "header: ['content-type: c/d', 'X: y']", holds: "--header=X: y -T a/b http://h/"),
    Row(words: "-u a:b http://h/", file: "header: 'Authorization: c'", holds: "-u a:b http://h/"),
    Row(words: "--output-format quiet http://h/", file: "output: r", holds: "--output-format quiet http://h/"),
    Row(words: "--expect gzip http://h/", file: "validate: frame", holds: "--expect gzip http://h/"),
    // The environment over the file.
    Row(
      words: "http://h/", environment: ["GZLOAD_IPV6": "1"], file: "ipv4: true", holds: "--ipv6 http://h/"),
    // Who has lost his own place takes nobody else's.
    Row(
      words: "--http1.1 http://h/", environment: ["GZLOAD_HTTP2": "1"], file: "disable-keepalive: true",
      holds: "--disable-keepalive --http1.1 http://h/"),
  ]

  private static func settings(_ row: Row, _ folder: TemporaryFolder) throws -> Settings {
    let place = { (text: String) in text.replacing("FILE", with: "\(folder.path)/targets") }
    let words = row.words.split(separator: " ").map { place(String($0)) }
    let merge = SettingsMerge(
      catalog: try OptionCatalog(GzloadCommand.self), rules: GzloadCommand.settingsRules,
      environment: row.environment.mapValues(place)
    ) { path throws(ToolFailure) in
      try SettingsFile(path: path, text: place((row.file ?? "").replacing("targets: x\n", with: "")))
    }
    return try merge.settings(row.file == nil ? words : ["--config", "f"] + words)
  }

  @Test(arguments: rows) func theStrongerSourceIsMeant(_ row: Row) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("targets", "http://file/\n")
    let settings = try Self.settings(row, folder)
    let said = settings.arguments.filter { !["--config", "f"].contains($0) }.joined(separator: " ")
    #expect(said.replacing("\(folder.path)/targets", with: "FILE") == row.holds)
    // And a parser takes it.
    let command = try #require(try GzloadCommand.parseAsRoot(settings.arguments) as? GzloadCommand)
    guard !row.words.contains("-k"), !row.holds.contains("FILE -") else { return }
    _ = try command.load.plan(.gzload)
    _ = try command.output.plan()
  }

  struct Conflict: Sendable, CustomTestStringConvertible {
    var words = "http://h/"
    var environment: [String: String] = [:]
    var file: String?
    var message: String
    var testDescription: String { message }
  }

  static let conflicts: [Conflict] = [
    Conflict(
      environment: ["GZLOAD_HTTP2": "1", "GZLOAD_HTTP1.1": "1"],
      message: "GZLOAD_HTTP1.1: --http1.1 and --http2: one run speaks one of them; keep one"),
    Conflict(
      file: "ipv4: true\nipv6: true",
      message: "f:1: -4 and -6: no address is both; keep one of them, or none for either"),
    Conflict(
      words: "", file: "\nfile: t\nurl: http://h/",
      message: "f:2: -f and http://h/: targets come from the file or from the command line; keep one"),
    // Nothing makes a run judge less than its file says.
    Conflict(
      words: "--validate frame http://h/", file: "expect: gzip",
      message: "f:1: --expect gzip: needs --validate full or compare, not frame"),
  ]

  @Test(arguments: conflicts) func withinOneSourceTheyStayAndNameIt(_ row: Conflict) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let settings = try Self.settings(
      Row(words: row.words, environment: row.environment, file: row.file, holds: ""), folder)
    let command = try #require(try GzloadCommand.parseAsRoot(settings.arguments) as? GzloadCommand)
    let failure = try #require(throws: ToolFailure.self) { try command.load.plan(.gzload) }
    let told = settings.attributed(failure)
    #expect(told.message == row.message)
    #expect(told.exit == .badConfiguration)
  }

  /// Minutes of a file's stages do not become seconds because of a number.
  @Test(arguments: ["-c 3 http://h/", "-q 9 http://h/"]) func aFilesProfileIsNotDropped(_ words: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let settings = try Self.settings(Row(words: words, file: "stages: '1s:5'", holds: ""), folder)
    #expect(settings.arguments.contains("--stages=1s:5"))
    let command = try #require(try GzloadCommand.parseAsRoot(settings.arguments) as? GzloadCommand)
    #expect(throws: ToolFailure.self) { try command.load.plan(.gzload) }
  }

  /// Through the built tool: what the environment says does not stand in the way of a flag.
  @Test func aFlagGetsItsWay() throws {
    let run = try ShellRun.run("GZLOAD_EMBEDDED=naive GZLOAD_IPV4=1 exec \"$1\" -6 http://h/ --print-config", [])
    #expect(run.exit == 0 && run.errors == "", "\(run.errors)")
    #expect(run.output.contains("\nipv6: true  # flag\n") && run.output.contains("\nipv4: false  # default\n"))
    #expect(run.output.contains("\n# embedded:  # default, none\n"))
  }
}
