import Testing
import ToolSupport

@testable import LoadGen

/// A report that is read is the report that was written, and whatever else is read is refused in one line.
@Suite struct ReportReadingTests {
  static let results: [RunResult] = {
    var open = SampleResults.passed
    open.uncorrected = open.distributions
    open.uncorrected?.record(.ttfb, 7)
    open.plan.shard = Shard(index: 2, count: 8)
    open.plan.headers = ["Authorization: secret"]
    open.plan.expectations.statuses = [200...200, 404...410]
    open.plan.targets[0].headers = ["Cookie: secret", "X-A: b"]
    open.plan.targets[0].method = "PUT"
    open.plan.targets.append(LoadTarget(url: "http://127.0.0.1:8080/plain"))
    open.interrupted = true
    var unmeasured = SampleResults.failed
    unmeasured.counters.missedExpectations = ["status": 3, "header Vary": 1]
    return [
      SampleResults.empty, SampleResults.passed, SampleResults.failed, SampleResults.naive, SampleResults.refused, open,
      unmeasured, SampleResults.function,
    ]
  }()

  @Test(arguments: results.indices) func whatIsReadIsWhatWasWritten(_ index: Int) throws {
    let text = try RunReport(Self.results[index], lab: index == 3 ? .naive : nil).json()
    let read = try RunReport(json: Array(text.utf8), name: "r")
    #expect(try read.json() == text)
    let again = RunReport(try read.result(name: "r"), options: read.options)
    #expect(try again.json() == text)
    #expect(
      again.text(color: false) == RunReport(Self.results[index], lab: index == 3 ? .naive : nil).text(color: false))
    #expect(again.exit == RunReport(Self.results[index]).exit)
  }

  @Test func targetsTellWhatIsTheirOwn() throws {
    let text = try RunReport(Self.results[5]).json()
    let targets = try #require(RunReport(json: Array(text.utf8), name: "r").options.targets)
    #expect(targets.count == 1 && targets[0].method == "PUT" && targets[0].headers == ["Cookie: ***", "X-A: b"])
    #expect(targets[0].url == Self.results[5].plan.urls[0] && targets[0].weight == nil)
  }

  @Test(arguments: [
    (
      "\"schema\" : \"gzload/1\"", "\"schema\" : \"gzload/2\"", "r: its schema is gzload/2; this version reads gzload/1"
    ),
    ("\"failed\" : 11", "\"failed\" : \"11\"", "totals.failed is of another kind"),
    ("\"failed\" : 11", "\"failed\" : 12", "totals do not add up"),
    ("\"failed\" : 11", "\"failed\" : -11", "beyond what a run can have"),
    ("\"bytes_wire\" : 419430400", "\"bytes_wire\" : 9223372036854775807", "beyond what a run can have"),
    ("\"duration_seconds\" : 4,", "\"duration_seconds\" : 1e300,", "beyond what a run can have"),
    ("\"truncated\" : 10", "\"truncated\" : 9223372036854775807", "more streams are counted than there are"),
    ("\"truncated\" : 10", "\"truncatd\" : 10", "gzip: 'truncatd' is not known to this version"),
    ("\"0\" : 2", "\"x\" : 2", "status: 'x' is no status"),
    ("2026-11-21T19:43:22.500Z", "2026-13-21T19:43:22.500Z", "started_at is no time: 2026-13-21T19:43:22.500Z"),
    ("\"counts\" : \"180:16\"", "\"counts\" : \"180:x\"", "histograms.connect: '180:x' is not VALUE:COUNT"),
    (
      "\"counts\" : \"180:16\",\n      \"significant_digits\" : 3,\n      \"unit\" : \"us\"",
      "\"counts\" : \"180:16\",\n      \"significant_digits\" : 3,\n      \"unit\" : \"bytes_per_second\"",
      "histograms.connect: its unit is bytes_per_second"
    ),
    ("H4sIAA==", "H4sIAA=", "evidence: the bytes of stream 12 cannot be read"),
    ("{", "", "r: no report of gzload --output-format json: it is not JSON"),
  ]) func whatIsNoReportIsRefused(_ part: String, _ replacement: String, _ message: String) throws {
    let good = try RunReport(SampleResults.failed).json()
    let bad = good.replacing(part, with: replacement, maxReplacements: 1)
    try #require(bad != good)
    let failure = try #require(throws: ToolFailure.self) {
      _ = try RunReport(json: Array(bad.utf8), name: "r").result(name: "r")
    }
    #expect(failure.exit == .usage)
    #expect(failure.message.contains(message), "\(failure.message)")
    #expect(failure.message.hasPrefix("r: ") && !failure.message.contains("\n"))
  }

  @Test func everyTimeIsReadBack() {
    for seconds in [0, 1_795_290_202.5, -62_167_219_200, 951_782_400, 951_868_799.999, 253_402_300_799, 4_107_542_400] {
      #expect(UTCTimestamp.seconds(UTCTimestamp.text(seconds)) == seconds)
    }
    for text in ["", "2026-11-21", "2026-11-21T19:43:22Z", "2026-11-21T24:00:00.000Z", "٢026-11-21T19:43:22.500Z"] {
      #expect(UTCTimestamp.seconds(text) == nil, "\(text)")
    }
  }

  @Test func bytesAreReadBack() {
    for count in 0..<8 {
      let bytes = (0..<count).map { UInt8(200 &+ $0 &* 7) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(ByteText.bytes(hexadecimal: ByteText.hexadecimal(bytes)) == bytes)
    }
    for text in ["A", "AAA", "A*AA"] { #expect(Base64.decode(text) == nil) }
    for text in ["a", "0g", "é"] { #expect(ByteText.bytes(hexadecimal: text) == nil) }
  }
}
