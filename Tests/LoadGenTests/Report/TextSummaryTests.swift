import Testing

@testable import LoadGen

@Suite struct TextSummaryTests {
  /// Nobody listened: nothing was validated, and nothing says so.
  @Test func refusedConnectionsAreNotValidated() throws {
    let (result, _) = try EngineHarness.run({ _ in [.close] }) {
      $0.validation = .compare
      $0.streams = 4
    }
    #expect(result.counters.failed == 4 && result.counters.treatments[.off] == 4)
    let text = RunReport(result).text(color: false)
    #expect(text.contains("validation   no body: 4\n"), "\(text)")
  }

  private static let all = [
    SampleResults.empty, SampleResults.passed, SampleResults.failed, SampleResults.naive, SampleResults.refused,
  ]

  @Test func passed() {
    #expect(
      RunReport(SampleResults.passed, lab: .proxy).text(color: false) == """
        target       http://127.0.0.1:8080/gzip/8MiB
        lab          embedded, proxy
        duration     4s with 16 lanes
        streams      200: 200 ok, 0 failed
        rate         50.0 streams/s, 100 MiB/s on the wire
        bytes        400 MiB on the wire, 1.56 GiB decoded

                      min     mean      p50      p90      p95      p99    p99.9      max
        ttfh          1ms    101ms    100ms    180ms    190ms    198ms    200ms    200ms
        ttfb        1.5ms    101ms    101ms    181ms    191ms    199ms    201ms    201ms
        ttlb         10ms    1.01s       1s     1.8s     1.9s    1.98s       2s       2s
        gap_max     250us    250us    250us    250us    250us    250us    250us    250us
        connect     180us    180us    180us    180us    180us    180us    180us    180us
        bytes/s  9.63 MiB 19.1 MiB 19.1 MiB 26.7 MiB 27.7 MiB 28.4 MiB 28.6 MiB 28.6 MiB

        time to the first body byte (ttfb)
             ≤ 2ms           1    0.5%  ·
             ≤ 5ms           3    1.5%  ■
            ≤ 10ms           5    2.5%  ■■
            ≤ 20ms          10    5.0%  ■■■■■
            ≤ 50ms          30     15%  ■■■■■■■■■■■■■■
           ≤ 100ms          50     25%  ■■■■■■■■■■■■■■■■■■■■■■■■
           ≤ 200ms         100     50%  ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■
           ≤ 500ms           1    0.5%  ·

        time to the last byte (ttlb)
            ≤ 10ms           1    0.5%  ·
            ≤ 20ms           1    0.5%  ·
            ≤ 50ms           3    1.5%  ■
           ≤ 100ms           5    2.5%  ■■
           ≤ 200ms          10    5.0%  ■■■■■
           ≤ 500ms          30     15%  ■■■■■■■■■■■■■■
              ≤ 1s          50     25%  ■■■■■■■■■■■■■■■■■■■■■■■■
              ≤ 2s         100     50%  ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■

        status       200: 200
        protocol     http/1.1: 200
        transport    complete: 200
        gzip         valid: 200
        validation   full: 1 (0.5%), compared: 199 (99.5%)
        memory       gzproxy (child, pid 4711): 21.0 MiB last, 24.0 MiB peak, 18 samples
        tester       1.5s CPU, busiest thread 43%, 45.0 MiB peak, threads: 2

        passed       stream_failed:rate == 0
                     gzip_invalid:rate == 0

        """)
  }

  @Test func failed() {
    #expect(
      RunReport(SampleResults.failed).text(color: false) == """
        FAILED       stream_failed:rate == 0 (was 5.5%)
                     gzip_invalid:rate == 0 (was 5%)

        target       http://127.0.0.1:8080/a
                     http://127.0.0.1:8080/b
        duration     4s with 16 lanes
        streams      200: 187 ok, 11 failed, 2 cut by deadline
        rate         50.0 streams/s, 100 MiB/s on the wire
        bytes        400 MiB on the wire, 1.56 GiB decoded

                      min     mean      p50      p90      p95      p99    p99.9      max
        ttfh          1ms    101ms    100ms    180ms    190ms    198ms    200ms    200ms
        ttfb        1.5ms    101ms    101ms    181ms    191ms    199ms    201ms    201ms
        ttlb         10ms    1.01s       1s     1.8s     1.9s    1.98s       2s       2s
        gap_max     250us    250us    250us    250us    250us    250us    250us    250us
        connect     180us    180us    180us    180us    180us    180us    180us    180us
        bytes/s  9.63 MiB 19.1 MiB 19.1 MiB 26.7 MiB 27.7 MiB 28.4 MiB 28.6 MiB 28.6 MiB

        time to the first body byte (ttfb)
             ≤ 2ms           1    0.5%  ·
             ≤ 5ms           3    1.5%  ■
            ≤ 10ms           5    2.5%  ■■
            ≤ 20ms          10    5.0%  ■■■■■
            ≤ 50ms          30     15%  ■■■■■■■■■■■■■■
           ≤ 100ms          50     25%  ■■■■■■■■■■■■■■■■■■■■■■■■
           ≤ 200ms         100     50%  ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■
           ≤ 500ms           1    0.5%  ·

        time to the last byte (ttlb)
            ≤ 10ms           1    0.5%  ·
            ≤ 20ms           1    0.5%  ·
            ≤ 50ms           3    1.5%  ■
           ≤ 100ms           5    2.5%  ■■
           ≤ 200ms          10    5.0%  ■■■■■
           ≤ 500ms          30     15%  ■■■■■■■■■■■■■■
              ≤ 1s          50     25%  ■■■■■■■■■■■■■■■■■■■■■■■■
              ≤ 2s         100     50%  ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■

        status       none: 2 (1.0%), 200: 198 (99.0%)
        protocol     http/1.1: 200
        transport    complete: 198 (99.0%), cut_by_deadline: 2 (1.0%)
        gzip         valid: 188 (94%), truncated: 10 (5.0%), unchecked: 2 (1.0%)
        validation   full: 1 (0.5%), compared: 199 (99.5%)
        missed       1 × --expect-header Vary
        memory       n/a — target sends no telemetry; see --watch-url
        tester       1.5s CPU, busiest thread 43%, 45.0 MiB peak, threads: 2

        notes
          - /b differs each time: its bodies were inflated in full instead of compared

        evidence (the first of each kind; the JSON report has more)
          - stream 12: truncated, status 200
            http://127.0.0.1:8080/b
            Content-Encoding: gzip
            Set-Cookie: ***
            ends    deadbeef
            → the gzip stream stops before its trailer; look for a proxy or an origin
            that closes early

        FAILED       stream_failed:rate == 0 (was 5.5%)
                     gzip_invalid:rate == 0 (was 5%)

        """)
  }

  @Test func environments() {
    let text = RunReport(SampleResults.function, lab: .lambda).text(color: false)
    #expect(text.contains("lab          embedded, lambda\n"))
    #expect(text.contains("instance     env-1: 100 invocations, 21.0 MiB of 2.00 GiB peak\n"))
    #expect(text.contains("instance     env-10: 100 invocations, 2 failures, 2 restarts, 21.0 MiB of 2.00"))
  }

  @Test func naive() {
    #expect(
      RunReport(SampleResults.naive, lab: .naive).text(color: false) == """
        FAILED       stream_failed:rate == 0 (was 100%)

        target       http://127.0.0.1:8080/gzip/8MiB
        lab          embedded, naive
        duration     1.25s with 16 lanes
        streams      200: 0 ok, 200 failed
        rate         160.0 streams/s, 31.3 KiB/s on the wire
        bytes        39.1 KiB on the wire, 0 B decoded

        status       502: 200
        protocol     http/1.1: 200
        transport    complete: 200
        gzip         unchecked: 200
        validation   frame: 200
        cause        502 length_and_chunked: 200 — the upstream sent Content-Length
                     beside Transfer-Encoding; fix the proxy behind that copies both
        memory       n/a — target sends no telemetry; see --watch-url
        instance     i-1: 200 streams, 21.0 MiB peak
        tester       1.5s CPU, busiest thread 43%, 45.0 MiB peak, threads: 2

        evidence (the first of each kind; the JSON report has more)
          - stream 1: status 502, length_and_chunked
            Proxy-Status: gzproxy; error=http_protocol_error
            begins  {"title":"Bad Gateway"}
            ends    47617465776179227d

        passed       gzip_invalid:rate == 0
        FAILED       stream_failed:rate == 0 (was 100%)

        """)
  }

  @Test func theOpenModelTellsBothTimesAndItsArrivals() {
    var result = SampleResults.passed
    var raw = Distributions()
    for _ in 1...20 { raw.record(.ttlb, 5000) }
    result.uncorrected = raw
    result.plan.arrivals = .rate(start: 50, stages: [])
    let text = RunReport(result).text(color: false)
    #expect(text.contains("arrivals     200 planned, "))
    #expect(text.contains("\ntimes from the planned start\n"))
    #expect(text.contains("\ntimes from the real start\n"))
    #expect(text.contains(/ttlb +5ms +5ms/))
    #expect(!RunReport(SampleResults.passed).text(color: false).contains("arrivals"))
  }

  @Test func aHistogramOfAFewStreamsSaysNothing() {
    var result = SampleResults.passed
    result.distributions = Distributions()
    for _ in 1...9 { result.distributions.record(.ttlb, 5000) }
    #expect(!RunReport(result).text(color: false).contains("■"))
    for step in 1...9 { result.distributions.record(.ttlb, Int64(step) * 5000) }
    #expect(RunReport(result).text(color: false).contains("■"))
  }

  @Test func fitsEightyColumns() {
    for result in Self.all {
      for line in RunReport(result).text(color: false).split(separator: "\n") { #expect(line.count <= 80) }
    }
  }

  @Test func coloursOnlyWhenAsked() {
    for result in Self.all {
      let plain = RunReport(result).text(color: false)
      #expect(!plain.unicodeScalars.contains("\u{1B}"))
      let colored = RunReport(result).text(color: true)
      #expect(colored.unicodeScalars.contains("\u{1B}"))
      #expect(colored.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    }
  }

  @Test func nothingFromOutsideReachesTheTerminalRaw() {
    var result = SampleResults.naive
    result.evidence[0].headers = [.init(name: "X", value: "\u{1B}[2J\u{9B}31m")]
    result.evidence[0].bodyHead = Array("error \u{1B}[2J oh no".utf8)
    let text = RunReport(result).text(color: false)
    #expect(text.contains("    X: ?[2J?31m\n"))
    #expect(text.contains("begins  error .[2J oh no"))
  }

  @Test func manyTargetsAndInstancesStayShort() {
    var result = SampleResults.passed
    result.plan.targets = (1...50).map { LoadTarget(url: "http://h/\($0)") }
    for number in 1...40 { result.memory.instances["i\(number)"] = TargetMemory.Instance() }
    let text = RunReport(result).text(color: false)
    #expect(text.contains("and 45 more\n"))
    #expect(text.contains("and 30 more instances\n"))
  }
}
