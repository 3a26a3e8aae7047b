import Testing
import ToolSupport

@testable import LoadGen

@Suite struct SmallPiecesTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1_795_290_202.5, "2026-11-21T19:43:22.500Z"),
      (951_782_400, "2000-02-29T00:00:00.000Z"), (1_709_251_199.9999, "2024-02-29T23:59:59.999Z"),
      (4_107_542_400, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
      (.nan, "1970-01-01T00:00:00.000Z"), (.infinity, "1970-01-01T00:00:00.000Z"),
      (1e30, "9999-12-31T23:59:59.000Z"), (-1e30, "0000-01-01T00:00:00.000Z"),
    ] as [(Double, String)])
  func timestamps(seconds: Double, text: String) {
    #expect(UTCTimestamp.text(seconds) == text)
  }

  /// RFC 4648 §10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
  }

  @Test func bytesAsText() {
    #expect(Base64.encode([0xFB, 0xFF, 0xFE]) == "+//+")
    #expect(ByteText.hexadecimal([0x00, 0xAB, 0x0F]) == "00ab0f")
    #expect(ByteText.readable([0x1F, 0x8B, 8, 0], limit: 60) == nil)
    #expect(ByteText.readable([], limit: 60) == nil)
    #expect(ByteText.readable(Array("a\r\nb\u{1B}cdef".utf8), limit: 7) == "a..b.cd")
  }

  @Test func summariesOfNothingDoNotExist() {
    #expect(Summary(nil, scale: 1) == nil)
    #expect(RunReport(SampleResults.empty).latencySeconds.isEmpty)
  }

  @Test func summaryIsOrdered() throws {
    var distributions = Distributions()
    for value in [3, 1_000_003, 1_000_003] as [Int64] { distributions.record(.ttfb, value) }
    let summary = try #require(Summary(distributions.histogram(.ttfb), scale: 1e-6))
    #expect(summary.count == 3)
    #expect(summary.min == 0.000003)
    #expect(summary.max == 1.000003)
    let ordered = [summary.min, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max]
    #expect(ordered == ordered.sorted())
    #expect(summary.mean > summary.min && summary.mean <= summary.max)
  }

  @Test func wrapping() {
    #expect(TextLayout.wrap("a bb ccc", width: 4) == ["a bb", "ccc"])
    #expect(TextLayout.wrap("", width: 4) == [""])
    #expect(TextLayout.wrap("toolongword x", width: 4) == ["toolongword", "x"])
  }

  @Test func noControlCharacterReachesATerminal() {
    var layout = TextLayout()
    layout.row("cause", "a\u{1b}[2Jb\nc\u{9b}d\u{7f}é") { "\u{1b}[31m" + $0 }
    #expect(layout.lines == ["cause        \u{1b}[31ma?[2Jb?c?d?é"])
  }

  @Test func thePeakComesFromTheStatusFile() {
    #expect(ProcessUse.peak(status: "Name:\tx\nVmHWM:\t    5120 kB\nVmRSS:\t 1 kB\n") == Int64(5_242_880))
    #expect(ProcessUse.peak(status: "VmRSS:\t 1 kB\n") == nil)
    #expect(ProcessUse.peak(status: "VmHWM:\t\(Int64.max) kB\n") == nil)
  }

  @Test func aThreadIsBusyOverTheRunsTime() {
    var report = LoopReport()
    report.worked = 1_000_000
    #expect(report.busyFraction(of: 100_000_000) == 0.01)
    #expect(report.busyFraction(of: 0) == 0)
  }

  @Test func secretsStayOutOfTheAdvice() {
    var expectations = Expectations()
    expectations.headers = [("Set-Cookie", "wanted")]
    for fields in [[("set-cookie", "came")], []] {
      let account = Accountant(expectations: expectations).account(
        transport: .complete, head: ResponseHead(status: 200, fields: fields),
        judgement: BodyJudgement(
          verdict: .valid, treatment: .full, bytesWire: 1, bytesDecoded: 1))
      #expect(account.missed == ["header Set-Cookie"])
      let text = account.explanations.joined()
      #expect(!text.isEmpty)
      #expect(!text.contains("wanted") && !text.contains("came"))
    }
  }
}
