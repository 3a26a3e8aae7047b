import Testing
import ToolSupport

@testable import LoadGen

@Suite struct ThresholdParserTests {
  static let accepted: [(text: String, threshold: Threshold)] = [
    row("streams:count>=1000", "streams:count >= 1000", .streams, .count, .greaterOrEqual, 1000),
    row("streams:count >= 10k", "streams:count >= 10k", .streams, .count, .greaterOrEqual, 10_000),
    row("streams:rate > 100/s", "streams:rate > 100/s", .streams, .rate, .greater, 100),
    row("streams:rate>0.5", "streams:rate > 0.5", .streams, .rate, .greater, 0.5),
    row("stream_failed:rate<1%", "stream_failed:rate < 1%", .streamFailed, .rate, .less, 0.01),
    row("stream_failed : rate < 0.01", "stream_failed:rate < 0.01", .streamFailed, .rate, .less, 0.01),
    row("gzip_invalid:count==0", "gzip_invalid:count == 0", .gzipInvalid(nil), .count, .equal, 0),
    row(
      "gzip_invalid{truncated}:count<=2", "gzip_invalid{truncated}:count <= 2", .gzipInvalid(.truncated), .count,
      .lessOrEqual, 2),
    row("http_502:count!=3", "http_502:count != 3", .http(status: 502, cause: nil), .count, .notEqual, 3),
    row(
      "http_502{function_error}:rate<=0.1%", "http_502{function_error}:rate <= 0.1%",
      .http(status: 502, cause: .functionError), .rate, .lessOrEqual, 0.001),
    row("http_400:count<5", "http_400:count < 5", .http(status: 400, cause: nil), .count, .less, 5),
    row("http_599:count<5", "http_599:count < 5", .http(status: 599, cause: nil), .count, .less, 5),
    row("stream_ttfb:p(95)<500ms", "stream_ttfb:p(95) < 500ms", .distribution(.ttfb), .percentile(95), .less, 0.5),
    row(
      "stream_ttfh:p(99.9) <= 1m30s", "stream_ttfh:p(99.9) <= 1m30s", .distribution(.ttfh), .percentile(99.9),
      .lessOrEqual, 90),
    row("stream_ttlb:avg<2s", "stream_ttlb:avg < 2s", .distribution(.ttlb), .avg, .less, 2),
    row("stream_gap_max:max<=250ms", "stream_gap_max:max <= 250ms", .distribution(.gapMax), .max, .lessOrEqual, 0.25),
    row("stream_ttfb:med<1s", "stream_ttfb:med < 1s", .distribution(.ttfb), .med, .less, 1),
    row("stream_connect:min<1s", "stream_connect:min < 1s", .distribution(.connect), .min, .less, 1),
    row(
      "stream_throughput:min>=1MiB/s", "stream_throughput:min >= 1MiB/s", .distribution(.throughput), .min,
      .greaterOrEqual, 1_048_576),
    row(
      "stream_throughput:p(5)>1MiB", "stream_throughput:p(5) > 1MiB", .distribution(.throughput), .percentile(5),
      .greater, 1_048_576),
    row("target_rss<64MiB", "target_rss < 64MiB", .targetRSS, .value, .less, 67_108_864),
    row("target_rss_peak:value<=1GB", "target_rss_peak:value <= 1GB", .targetRSSPeak, .value, .lessOrEqual, 1e9),
    row("dropped:count==0", "dropped:count == 0", .dropped, .count, .equal, 0),
    row("late:rate<5%", "late:rate < 5%", .late, .rate, .less, 0.05),
    row("slow_start:rate<1%", "slow_start:rate < 1%", .slowStart, .rate, .less, 0.01),
    row("silent_gap:count==0", "silent_gap:count == 0", .silentGap, .count, .equal, 0),
    row("stalled:count==0", "stalled:count == 0", .stalled, .count, .equal, 0),
  ]

  private static func row(
    _ text: String, _ expression: String, _ metric: Threshold.Metric, _ aggregation: Threshold.Aggregation,
    _ comparison: Threshold.Comparison, _ bound: Double
  ) -> (String, Threshold) {
    (
      text,
      Threshold(
        expression: expression, metric: metric, aggregation: aggregation, comparison: comparison, bound: bound)
    )
  }

  @Test(arguments: accepted) func isRead(text: String, threshold: Threshold) throws {
    #expect(try Threshold.parse(text) == threshold)
    // What a report shows can be typed again.
    #expect(try Threshold.parse(threshold.expression) == threshold)
    #expect(threshold.expression.hasPrefix(threshold.metric.name))
  }

  // Whole literals under a written type: the compiler takes minutes over sums in a table.
  // swift-format-ignore
  static let refused: [(String, String)] = [
      ("", "no operator; write it like 'stream_ttfb:p(95) < 500ms'"),
      ("streams", "no operator; write it like 'stream_ttfb:p(95) < 500ms'"),
      ("streams:count>", "no value after >; write it like 'stream_ttfb:p(95) < 500ms'"),
      ("<5", "no metric; write it like 'stream_ttfb:p(95) < 500ms'"),
      ("streams:count=5", "no operator =; did you mean ==?"),
      ("streams:count===5", "no operator ===; did you mean ==?"),
      ("streams:count=>5", "no operator =>; did you mean >=?"),
      ("streams:count<<5", "no operator <<; choose < <= > >= == or !="),
      ("stream_tfb:p(95)<1s", "no metric stream_tfb; did you mean stream_ttfb?"),
      ("http_req_duration:p(95)<1s", "no metric http_req_duration; did you mean stream_ttlb?"),
      ("http_req_failed:rate<1%", "no metric http_req_failed; did you mean stream_failed?"),
      ("http_200:count>5", "no metric http_200; http_400 to http_599 are counted"),
      ("http_5O2:count<5", "no metric http_5O2; http_400 to http_599 are counted"),
      (
        "speed:avg<1s",
        "no metric speed; there are streams, stream_failed, gzip_invalid, slow_start, silent_gap, stalled, dropped, late, target_rss, target_rss_peak, stream_ttfh, stream_ttfb, stream_ttlb, stream_gap_max, stream_dns, stream_connect, stream_tls, stream_throughput or http_NNN"
      ),
      ("gzip_invalid{truncted}:count<1", "no tag truncted; did you mean truncated?"),
      (
        "gzip_invalid{valid}:count<1",
        "no tag valid; choose truncated, corrupt_crc, corrupt_length, corrupt_data, not_gzip, trailing_data, decoded_on_the_way, base64_text, prelude_leaked or in_band_error"
      ),
      ("http_502{function_eror}:count<1", "no tag function_eror; did you mean function_error?"),
      ("http_502{function_error:count<1", "no } after the tag"),
      ("streams{x}:count<1", "streams has no tags; drop {x}"),
      ("streams<1", "say what of streams: count or rate, as in streams:count"),
      ("streams:<1", "say what of streams: count or rate, as in streams:count"),
      ("streams:avg<1", "streams has no avg; choose count or rate"),
      ("stream_failed:rates<1", "stream_failed has no rates; did you mean rate?"),
      ("stream_ttfb:mean<1s", "stream_ttfb has no mean; did you mean avg?"),
      ("stream_ttfb:rate<1s", "stream_ttfb has no rate; choose avg, min, med, max or p(N)"),
      ("stream_ttfb:p95<1s", "did you mean p(95)?"),
      ("stream_ttfb:p(0)<1s", "p(0): write a percentile like p(95), from above 0 to 100"),
      ("stream_ttfb:p(101)<1s", "p(101): write a percentile like p(95), from above 0 to 100"),
      ("stream_ttfb:p()<1s", "p(): write a percentile like p(95), from above 0 to 100"),
      ("stream_ttfb:p(1e1)<1s", "p(1e1): write a percentile like p(95), from above 0 to 100"),
      ("stream_ttfb:p(95)<500", "a duration needs a unit; did you mean 500ms?"),
      ("stream_ttfb:p(95)<fast", "not a duration; write it like 500ms or 2s"),
      ("stream_throughput:min>5", "a size needs a unit; did you mean 5MiB/s?"),
      ("stream_throughput:min>5s", "not a size; write it like 64MiB/s"),
      ("target_rss<64", "a size needs a unit; did you mean 64MiB?"),
      ("target_rss:max<64MiB", "target_rss is one value; drop :max"),
      ("stream_failed:rate<5", "a rate is from 0 to 1, or from 0% to 100%; did you mean 5%?"),
      ("stream_failed:rate<101%", "a rate is from 0 to 1, or from 0% to 100%"),
      ("stream_failed:rate<-1", "a rate is a share of the streams, such as 0.01 or 1%"),
      ("stream_failed:count<1%", "a count is a number; for a share write :rate"),
      ("stream_failed:count<1.5", "a count is a whole number, such as 0, 200 or 10k"),
      ("streams:rate>1%", "the rate of streams is a number a second, such as 100 or 100/s"),
      ("stream_failed:count>=0", "always holds, so it tests nothing"),
      ("stream_failed:rate<=100%", "always holds, so it tests nothing"),
      ("stream_failed:rate<0", "can never hold"),
      ("stream_failed:rate>1", "can never hold"),
  ]

  @Test(arguments: refused)
  func isRefused(text: String, reason: String) {
    let failure = #expect(throws: ToolFailure.self) { try Threshold.parse(text) }
    #expect(failure?.message == "--threshold \(OptionText.shown(text)): \(reason)")
    #expect(failure?.exit == .usage)
  }

  @Test func nonsenseIsNoTrouble() {
    var random = GzipFixture.Random(state: 7)
    let pieces = [
      "streams", ":", "{", "}", "<", "=", "p(", ")", "95", "ms", "%", " ", "http_", "é", "\u{0}", "1e999", "-",
    ]
    for _ in 0..<2000 {
      let text = (0..<random.below(9)).map { _ in pieces[random.below(pieces.count)] }.joined()
      do {
        let parsed = try Threshold.parse(text)
        #expect(parsed.bound.isFinite)
      } catch {
        #expect(error.exit == .usage)
      }
    }
    #expect(throws: ToolFailure.self) { try Threshold.parse(String(repeating: "x", count: 1000) + "<1") }
  }

  /// One about the same metric takes an implicit one's place; one about a part of it does not.
  @Test(arguments: [
    ("stream_ttfb:p(95)<1s", ["stream_failed:rate == 0", "gzip_invalid:rate == 0", "stream_ttfb:p(95) < 1s"]),
    ("stream_failed:count<5", ["gzip_invalid:rate == 0", "stream_failed:count < 5"]),
    ("gzip_invalid:rate<1%", ["stream_failed:rate == 0", "gzip_invalid:rate < 1%"]),
    (
      "gzip_invalid{truncated}:count<5",
      ["stream_failed:rate == 0", "gzip_invalid:rate == 0", "gzip_invalid{truncated}:count < 5"]
    ),
  ])
  func implicitOnesStayBesideTheGivenOnes(text: String, expressions: [String]) throws {
    #expect(Threshold.withImplicit([try Threshold.parse(text)]).map(\.expression) == expressions)
  }

  @Test(
    arguments: [
      (ThresholdUnit.count, 1200.0, "1,200"), (.share, 0, "0%"), (.share, 1, "100%"), (.share, 0.05, "5%"),
      (.share, 0.0123, "1.23%"), (.share, 0.000001, "0.0001%"), (.seconds, 0.0123, "12.3ms"), (.seconds, 2, "2s"),
      (.bytes, 67_108_864, "64.0 MiB"), (.bytesPerSecond, 1_572_864, "1.50 MiB/s"), (.perSecond, 99.96, "100/s"),
      (.perSecond, 0.5, "0.5/s"),
    ] as [(ThresholdUnit, Double, String)])
  func valuesHaveTheirUnits(unit: ThresholdUnit, value: Double, text: String) { #expect(unit.text(value) == text) }
}
