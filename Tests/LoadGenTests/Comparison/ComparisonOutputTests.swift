import Testing
import ToolSupport

@testable import LoadGen

/// What a comparison says, in every form.
@Suite struct ComparisonOutputTests {
  private func comparison(_ limits: [String] = ["stream_ttfb:p(90)=10%", "stream_failed=0"]) throws -> RunComparison {
    var new = SampleResults.failed
    new.memory = SampleResults.passed.memory
    new.distributions = Distributions()
    for step in 1...200 {
      new.distributions.record(.ttfb, Int64(step) * 1500)
      new.distributions.record(.throughput, Int64(step) * 150_000)
    }
    var parsed: [RegressionLimit] = []
    for text in limits { parsed.append(try RegressionLimit.parse(text)) }
    return try RunComparison(
      base: NamedReport(path: "/r/base.json", report: RunReport(SampleResults.passed)),
      new: NamedReport(path: "/r/new|`.json", report: RunReport(new)), limits: parsed, seed: 1)
  }

  @Test func text() throws {
    let lines = try comparison().text(color: false).split(separator: "\n").map(String.init)
    #expect(lines[0] == "base         base.json: 200 streams in 4s, 2026-11-21T19:43:22.500Z")
    let cells = lines.map { $0.split(separator: " ").map(String.init) }
    let slow = try #require(cells.first { $0.first == "stream_ttfb:p(90)" })
    #expect(slow.prefix(4) == ["stream_ttfb:p(90)", "181ms", "270ms", "+49.5%"] && slow.last == "worse")
    let failed = try #require(cells.first { $0.first == "stream_failed:rate" })
    #expect(failed.prefix(4) == ["stream_failed:rate", "0%", "5.50%", "+5.50pp"] && failed.last == "worse")
    #expect(cells.contains(["target_rss_peak", "24.0", "MiB", "24.0", "MiB", "+0.0%", "-"]))
    #expect(
      lines.contains { $0.hasPrefix("REGRESSION   stream_ttfb:p(90)=10%: 49.5% worse, more than the spread inside") })
    #expect(lines.allSatisfy { $0.count <= 80 })
    let colored = try comparison().text(color: true)
    #expect(colored.contains("\u{1B}[31m"))
  }

  @Test func markdownIsNoMarkupOfOthers() throws {
    let text = try comparison().markdown()
    #expect(text.hasPrefix("### Regression: `new/'.json` against `base.json`\n"))
    #expect(text.contains("| `stream_ttfb:p(90)` | 181ms | 270ms | +49.5% | "))
    #expect(text.contains("| **regression** |\n"))
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
    #expect(rows.allSatisfy { $0.count(where: { $0 == "|" }) == 7 })
  }

  @Test func jsonFitsItsSchema() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("0.json", comparison().json())
    try folder.write("1.json", comparison([]).json())
    try folder.write("2.json", comparison(["stream_tls:p(95)=10%", "stream_ttfb:max=1s"]).json())
    let more = try comparison(["stream_ttfb:p(99.9)=1%"])
    try folder.write("3.json", more.json())
    #expect(try more.json().contains("\"samples_needed\" : 5000"))
    let several = try RunComparison(
      base: more.base, new: more.new, moreBase: [more.base], moreNew: [more.new, more.new], limits: [], seed: 1)
    try folder.write("4.json", several.json())
    #expect(try several.json().contains("\"spread\" : \"between_runs\""))
    let schema = #filePath.replacing(
      /Tests\/LoadGenTests\/Comparison\/.*/, with: "Docs/schema/gzload-compare-1.schema.json")
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", JSONReportTests.validator, schema, folder.path])
    #expect(run.output == "5 reports fit\n" && run.exit == 0, "\(run.errors)")
  }

  @Test(arguments: [
    ("stream_ttfb:p(95)", "no limit; write it like 'stream_ttfb:p(95)=10%'"),
    ("stream_tfb:p(95)=10%", "no such metric; did you mean stream_ttfb?"),
    ("x=1", "no such metric; choose dropped, gzip_invalid, late,"),
    ("stream_ttfb=10%", "stream_ttfb has avg, min, med, max, p(N); write it like stream_ttfb:p(95)"),
    ("stream_ttfb:p(0)=10%", "stream_ttfb has avg"), ("stream_ttfb:p(100)=10%", "stream_ttfb has avg"),
    ("stream_ttfb:rate=10%", "stream_ttfb has avg"), ("stream_failed:avg=1%", "stream_failed has rate"),
    ("stream_ttfb:avg=", "'' is no limit; write it like 10% or 50ms"),
    ("stream_ttfb:avg=-1%", "'-1%' is no limit"), ("stream_ttfb:avg=5", "'5' is no limit"),
    ("stream_ttfb:avg=nan%", "'nan%' is no limit"), ("stream_failed=inf", "'inf' is no limit"),
    ("stream_failed=1e999", "'1e999' is no limit"),
    ("target_rss=1s", "'1s' is no limit; write it like 10% or 8MiB"),
  ]) func whatIsNoLimitIsRefused(_ text: String, _ reason: String) throws {
    let failure = try #require(throws: ToolFailure.self) { try RegressionLimit.parse(text) }
    #expect(failure.exit == .usage)
    #expect(failure.message.hasPrefix("--max-regression \(text): \(reason)"), "\(failure.message)")
  }

  @Test func limitsAreRead() throws {
    let limit = try RegressionLimit.parse("stream_ttfb : p(99.9) = 12.5 %")
    #expect(limit.text == "stream_ttfb:p(99.9)=12.5%" && limit.amount == .relative(0.125))
    #expect(limit.figure.aggregation == .percentile(99.9) && limit.allowed(base: 2) == 0.25)
    #expect(try RegressionLimit.parse("gzip_invalid:rate=1%").amount == .absolute(0.01))
    #expect(try RegressionLimit.parse("stream_dns:max=5ms").amount == .absolute(0.005))
    #expect(try RegressionLimit.parse("stream_throughput:avg=1MiB").amount == .absolute(1_048_576))
  }
}
