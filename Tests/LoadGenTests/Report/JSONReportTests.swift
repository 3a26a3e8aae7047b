import Testing
import ToolSupport

@testable import LoadGen

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct JSONReportTests {
  @Test func golden() throws {
    // The counts themselves are ReportHistogramTests'.
    let text = try RunReport(SampleResults.failed).json()
      .replacing(/"counts" : "[0-9: ]+"/, with: "\"counts\" : \"…\"")
    #expect(
      text == """
        {
          "arrivals" : {
            "dropped" : 0,
            "late" : 0,
            "planned" : 200
          },
          "client" : {
            "busy_fraction" : 0.43,
            "cpu_seconds" : 1.5,
            "rss_peak_bytes" : 47185920,
            "threads" : 2
          },
          "duration_seconds" : 4,
          "evidence" : [
            {
              "advice" : "the gzip stream stops before its trailer; look for a proxy or an origin that closes early",
              "body_head_base64" : "H4sIAA==",
              "body_tail_hex" : "deadbeef",
              "headers" : [
                {
                  "name" : "Content-Encoding",
                  "value" : "gzip"
                },
                {
                  "name" : "Set-Cookie",
                  "value" : "***"
                }
              ],
              "outcome" : "truncated",
              "status" : 200,
              "stream" : 12,
              "url" : "http://127.0.0.1:8080/b"
            }
          ],
          "gzip" : {
            "truncated" : 10,
            "unchecked" : 2,
            "valid" : 188
          },
          "histograms" : {
            "connect" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "us"
            },
            "gap_max" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "us"
            },
            "throughput" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "bytes_per_second"
            },
            "ttfb" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "us"
            },
            "ttfh" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "us"
            },
            "ttlb" : {
              "counts" : "…",
              "significant_digits" : 3,
              "unit" : "us"
            }
          },
          "http_causes" : {

          },
          "instances" : [

          ],
          "interrupted" : false,
          "latency_seconds" : {
            "connect" : {
              "count" : 16,
              "max" : 0.00018,
              "mean" : 0.00018,
              "min" : 0.00018,
              "p50" : 0.00018,
              "p90" : 0.00018,
              "p95" : 0.00018,
              "p99" : 0.00018,
              "p999" : 0.00018
            },
            "gap_max" : {
              "count" : 200,
              "max" : 0.00025,
              "mean" : 0.00025,
              "min" : 0.00025,
              "p50" : 0.00025,
              "p90" : 0.00025,
              "p95" : 0.00025,
              "p99" : 0.00025,
              "p999" : 0.00025
            },
            "ttfb" : {
              "count" : 200,
              "max" : 0.2005,
              "mean" : 0.101,
              "min" : 0.0015,
              "p50" : 0.100543,
              "p90" : 0.180607,
              "p95" : 0.190591,
              "p99" : 0.198527,
              "p999" : 0.2005
            },
            "ttfh" : {
              "count" : 200,
              "max" : 0.2,
              "mean" : 0.100504,
              "min" : 0.001,
              "p50" : 0.100031,
              "p90" : 0.180095,
              "p95" : 0.190079,
              "p99" : 0.198015,
              "p999" : 0.2
            },
            "ttlb" : {
              "count" : 200,
              "max" : 2,
              "mean" : 1.005012,
              "min" : 0.01,
              "p50" : 1.000447,
              "p90" : 1.800191,
              "p95" : 1.900543,
              "p99" : 1.980415,
              "p999" : 2
            }
          },
          "missed_expectations" : {
            "header Vary" : 1
          },
          "notes" : [
            "/b differs each time: its bodies were inflated in full instead of compared"
          ],
          "options" : {
            "concurrency" : 16,
            "connect_timeout_seconds" : 5,
            "expect" : {
              "gzip" : false,
              "headers" : [

              ],
              "status" : [
                "200-399"
              ]
            },
            "grace_seconds" : 30,
            "headers" : [

            ],
            "insecure" : false,
            "method" : "GET",
            "reference_memory_bytes" : 268435456,
            "seed" : 0,
            "stall_timeout_seconds" : 30,
            "streams" : 200,
            "urls" : [
              "http://127.0.0.1:8080/a",
              "http://127.0.0.1:8080/b"
            ],
            "validate" : "compare"
          },
          "pauses" : {
            "silent_gap_limit_seconds" : 1,
            "silent_gaps" : 0,
            "slow_start_limit_seconds" : 1,
            "slow_starts" : 0,
            "stalled" : 0
          },
          "protocol" : {
            "http/1.1" : 200
          },
          "rate" : {
            "bytes_wire_per_second" : 104857600,
            "streams_per_second" : 50
          },
          "schema" : "gzload/1",
          "started_at" : "2026-11-21T19:43:22.500Z",
          "status" : {
            "0" : 2,
            "200" : 198
          },
          "target" : "http://127.0.0.1:8080/a http://127.0.0.1:8080/b",
          "target_memory" : {
            "sample_count" : 0,
            "source" : "n/a — target sends no telemetry; see --watch-url"
          },
          "thresholds" : [
            {
              "expression" : "stream_failed:rate == 0",
              "passed" : false,
              "value" : 0.055
            },
            {
              "expression" : "gzip_invalid:rate == 0",
              "passed" : false,
              "value" : 0.05
            }
          ],
          "throughput_bytes_per_second" : {
            "count" : 200,
            "max" : 30000000,
            "mean" : 20049981.44,
            "min" : 10100000,
            "p50" : 20004863,
            "p90" : 28000255,
            "p95" : 29016063,
            "p99" : 29802495,
            "p999" : 30000000
          },
          "totals" : {
            "bytes_decoded" : 1677721600,
            "bytes_wire" : 419430400,
            "cut_by_deadline" : 2,
            "failed" : 11,
            "ok" : 187,
            "streams" : 200
          },
          "transport" : {
            "complete" : 198,
            "cut_by_deadline" : 2
          },
          "validation" : {
            "compared" : 199,
            "frame" : 0,
            "full" : 1,
            "off" : 0
          }
        }

        """)
  }

  @Test func sameResultSameText() throws {
    #expect(try RunReport(SampleResults.naive).json() == RunReport(SampleResults.naive).json())
  }

  @Test func noNumberIsNaN() throws {
    var result = SampleResults.empty
    result.durationSeconds = .nan
    result.startedAt = .infinity
    result.client.busyFraction = .nan
    result.client.cpuSeconds = -.infinity
    let text = try RunReport(result).json()
    #expect(!text.contains("nan") && !text.contains("inf\"") && !text.contains("null"))
    result.durationSeconds = -5
    #expect(try RunReport(result).json().contains("\"duration_seconds\" : 0,"))
  }

  /// The series comes back from JSON as it went: other tools stand on it.
  @Test func theSeriesIsReadBack() throws {
    var result = SampleResults.passed
    result.series = SampleResults.series
    let text = try RunReport(result).json()
    struct Part: Decodable { var series: TimeSeries }
    let back = try JSONDecoder().decode(Part.self, from: Data(text.utf8)).series
    #expect(back.samples.count == 600 && back.intervalSeconds == 1)
    #expect(back.samples.map(\.ttlb.counts) == result.series.samples.map(\.ttlb.counts))
    #expect(back.samples.map(\.rssBytes) == result.series.samples.map(\.rssBytes))
    #expect(back.samples.map(\.bytesWire) == result.series.samples.map(\.bytesWire))
    let bad = text.replacing("\"ttlb_buckets\" : \"", with: "\"ttlb_buckets\" : \"x")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Part.self, from: Data(bad.utf8)) }
  }

  @Test func theOpenModelHasBothTimes() throws {
    var open = SampleResults.passed
    open.uncorrected = SampleResults.passed.distributions
    #expect(try RunReport(open).json().contains("\"latency_uncorrected_seconds\" : {"))
    #expect(try !RunReport(SampleResults.passed).json().contains("latency_uncorrected_seconds"))
  }

  @Test func secretsAreMasked() throws {
    var result = SampleResults.failed
    result.plan.headers = ["Authorization: Bearer tOkEn", "cookie:a=tOkEn", "X-Api-Key:  tOkEn", "Accept: */*"]
    result.plan.expectations.headers = [(name: "Set-Cookie", value: "tOkEn")]
    let text = try RunReport(result).json()
    #expect(!text.contains("tOkEn") && !text.contains("session=secret"))
    #expect(text.contains("\"Authorization: ***\"") && text.contains("\"Accept: */*\""))
  }

  /// Every kind of report, held against the published schema by an independent validator.
  @Test func everyReportFitsTheSchema() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (index, report) in try Self.reports().enumerated() {
      try folder.write("\(index).json", report.json())
    }
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.validator, Self.schema, folder.path])
    #expect(run.errors == "", "needs the Debian package python3-jsonschema")
    #expect(run.output == "\(try Self.reports().count) reports fit\n")
    #expect(run.exit == 0)
  }

  /// The validation above can fail: each of these reports breaks the schema in one place, and each is noticed.
  @Test func schemaNoticesWhatIsWrong() throws {
    let breaks = [
      ("\"schema\" : \"gzload/1\"", "\"schema\" : \"gzload/2\""), ("\"streams\" : 200", "\"streams\" : -1"),
      ("\"interrupted\" : false", "\"interrupted\" : false, \"extra\" : 1"),
      ("\"truncated\" : 10", "\"truncatd\" : 10"), ("\"p999\"", "\"p9999\""),
      ("\"sample_count\" : 0", "\"sample_count\" : 0, \"rss_bytes\" : 0"),
      ("\"interval_seconds\" : 1", "\"interval_seconds\" : 0"), ("\"ttlb_buckets\" : \"", "\"ttlb_buckets\" : \"x"),
    ]
    var rich = SampleResults.failed
    rich.series = SampleResults.series
    let good = try RunReport(rich).json()
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (index, (part, replacement)) in breaks.enumerated() {
      let bad = good.replacing(part, with: replacement)
      try #require(good != bad)
      try folder.write("\(index).json", bad)
    }
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.validator, Self.schema, folder.path])
    #expect(run.exit == 1)
    let noticed = Set(run.output.split(separator: "\n").map { $0.prefix { $0 != ":" } })
    #expect(noticed == Set(breaks.indices.map { "\($0).json" }))
  }

  private static func reports() throws -> [RunReport] {
    var rich = SampleResults.failed
    rich.interrupted = true
    rich.plan.threads = 2
    rich.plan.targets[0].headers = ["Cookie: secret", "X-A: b"]
    rich.plan.targets[0].method = "PUT"
    rich.plan.targets[0].body = .bytes([1])
    rich.plan.targets[0].weight = 3
    rich.plan.duration = .seconds(30)
    rich.plan.maxTime = .seconds(2.5)
    rich.plan.body = .bytes([1, 2, 3])
    rich.plan.method = "POST"
    rich.plan.headers = ["Accept: text/plain"]
    rich.plan.expectations.gzip = true
    rich.plan.expectations.statuses = [200...200, 300...399]
    rich.plan.expectations.sha256 = String(repeating: "0a", count: 32)
    rich.plan.expectations.length = 5
    rich.plan.expectations.headers = [(name: "Vary", value: "Accept")]
    rich.plan.expectations.decodedSHA256 = String(repeating: "0b", count: 32)
    rich.plan.expectations.decodedLength = 7
    rich.plan.abort = AbortRule()
    rich.plan.watch = WatchTarget(pid: 4711, url: "http://127.0.0.1:1/.gzproxy/stats")
    rich.aborted = Abort(expression: "stream_failed:rate == 0", value: 0.5, shown: "50%", atSeconds: 1.5)
    rich.counters.pauses.slowStarts = 1
    rich.counters.pauses.worstStart = .init(stream: 7, nanoseconds: 1_500_000_000)
    rich.counters.pauses.worstGap = .init(stream: 8, nanoseconds: 0)
    rich.counters.pauses.worstStall = .init(stream: 9, nanoseconds: 30_000_000_000)
    rich.plan.seed = .max
    rich.series = SampleResults.series
    var open = SampleResults.passed
    open.plan.arrivals = .rate(start: 50, stages: [])
    open.uncorrected = SampleResults.passed.distributions
    return [
      RunReport(open), RunReport(SampleResults.empty), RunReport(SampleResults.passed, lab: .proxy),
      RunReport(SampleResults.failed),
      RunReport(SampleResults.naive, lab: .naive), RunReport(SampleResults.refused), RunReport(rich, lab: .naive),
      RunReport(SampleResults.function, lab: .lambda), RunReport(SampleResults.function, lab: .buffered),
    ] + SampleResults.paced.map { RunReport($0) }
  }

  private static let schema =
    #filePath.replacing(/Tests\/LoadGenTests\/Report\/.*/, with: "Docs/schema/gzload-1.schema.json")

  static let validator = """
    import glob, json, os, sys
    import jsonschema
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    names = sorted(glob.glob(os.path.join(sys.argv[2], "*.json")))
    wrong = 0
    for name in names:
        with open(name) as file:
            report = json.load(file)
        for error in validator.iter_errors(report):
            wrong = 1
            print(os.path.basename(name) + ": " + error.json_path + ": " + error.message)
    if wrong == 0:
        print(len(names), "reports fit")
    sys.exit(wrong)
    """
}
