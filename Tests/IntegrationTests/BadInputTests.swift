import Foundation
import Testing

/// What a person mistypes, and what a bad day brings: one line on stderr that names it, the right exit code, no hang.
@Suite("Bad input") struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var title: String
    var arguments: [String]
    var exit: Int32
    /// Every one of these stands in the line.
    var names: [String]
    var testDescription: String { title }
  }

  static let cases: [Case] = [
    Case(title: "no target", arguments: [], exit: 2, names: ["URL", "--embedded"]),
    Case(
      title: "unknown host", arguments: ["http://no-such-host.invalid/", "-n", "2", "--connect-timeout", "2s"], exit: 1,
      names: ["no-such-host.invalid"]),
    Case(title: "refused port", arguments: ["http://127.0.0.1:1/", "-n", "2"], exit: 1, names: ["127.0.0.1:1"]),
    Case(title: "wrong scheme", arguments: ["ftp://127.0.0.1/x"], exit: 2, names: ["ftp", "http"]),
    Case(title: "no scheme", arguments: ["127.0.0.1/x"], exit: 2, names: ["http://127.0.0.1/x"]),
    Case(title: "-c 0", arguments: ["http://127.0.0.1:1/", "-c", "0"], exit: 2, names: ["-c"]),
    Case(title: "-n -1", arguments: ["http://127.0.0.1:1/", "-n", "-1"], exit: 2, names: ["-n"]),
    Case(title: "-z without a unit", arguments: ["http://127.0.0.1:1/", "-z", "5"], exit: 2, names: ["-z", "5s"]),
    Case(
      title: "unreadable -D", arguments: ["http://127.0.0.1:1/", "-D", "/no/such/body"], exit: 2,
      names: ["/no/such/body"]),
    Case(title: "method", arguments: ["http://127.0.0.1:1/", "-m", "200"], exit: 2, names: ["200", "GET"]),
    Case(title: "unknown option", arguments: ["--concurency", "3"], exit: 2, names: ["--concurency"]),
    Case(title: "header", arguments: ["http://127.0.0.1:1/", "-H", "nocolon"], exit: 2, names: ["nocolon"]),
  ]

  @Test("gzload", arguments: cases) func gzload(_ bad: Case) async throws {
    let run = try await Tool.gzload(bad.arguments, limit: 20)
    #expect(run.exit == bad.exit, "\(run.standardError)")
    let lines = run.standardError.split(separator: "\n")
    #expect(lines.count == 1, "\(run.standardError)")
    for name in bad.names { #expect(run.standardError.contains(name), "\(run.standardError)") }
  }

  @Test("an HTML answer is no success where gzip is expected") func html() async throws {
    let origin = try await TestServers.shared.origin()
    let plain = try await Tool.gzload([origin.url + "/", "-n", "1", "--output-format", "json"])
    #expect(plain.exit == 0)
    #expect(plain.standardError.split(separator: "\n").count == 1 && plain.standardError.contains("no answer was gzip"))
    #expect(try Report(plain.standardOutput).count("gzip", "unchecked") == 1)
    let strict = try await Tool.gzload([origin.url + "/", "-n", "1", "--expect", "gzip", "--output-format", "json"])
    #expect(strict.exit == 99)
    #expect(strict.standardError.split(separator: "\n").count == 1 && strict.standardError.contains(origin.url))
    #expect(try Report(strict.standardOutput).count("gzip", "decoded_on_the_way") == 1)
  }

  @Test("a server that accepts and says nothing stalls, and the report is still written") func silent() async throws {
    let silent = try SilentServer()
    defer { silent.stop() }
    let run = try await Tool.gzload([
      "http://127.0.0.1:\(silent.port)/", "-n", "2", "-c", "2", "--stall-timeout", "300ms", "--output-format", "json",
    ])
    #expect(run.exit == 1, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("transport", "stalled") == 2)
    // Twenty times the limit, by the tool's own clock.
    #expect((report.number("duration_seconds") ?? .infinity) < 6)
  }

  #if os(Linux)
    @Test("a full disk under -o: the line names it, and what was measured is not lost") func fullDisk() async throws {
      let origin = try await TestServers.shared.origin()
      let run = try await Tool.gzload([
        origin.url + "/gzip/1KiB", "-n", "3", "--output-format", "json", "-o", "/dev/full",
      ])
      #expect(run.exit == 1, "\(run.standardError)")
      #expect(run.standardError.contains("/dev/full"))
      // In the format that was asked for: whoever reads it is a program.
      #expect(try Report(run.standardOutput).count("gzip", "valid") == 3)
      #expect(FileManager.default.fileExists(atPath: "/dev/full"))
    }
  #endif

  @Test("gzproxy will not listen beyond loopback unasked") func openListener() async throws {
    let run = try await Tool.run(
      Products.path("gzproxy"), ["serve", "--listen", "0.0.0.0:0", "--upstream", "http://127.0.0.1:1"], limit: 10)
    #expect(run.exit == 2)
    #expect(run.standardError.contains("--insecure-open"))
    #expect(run.standardError.split(separator: "\n").count == 1)
  }
}
