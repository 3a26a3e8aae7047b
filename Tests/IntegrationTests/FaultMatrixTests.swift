import Testing

/// Every body fault and every front of gzorigin, driven through the built gzload, directly and (body faults) through the
/// built gzproxy: the verdict, the transport outcome and the status of each are pinned here, and nowhere else.
@Suite("Fault matrix") struct FaultMatrixTests {
  /// What a stream must be found to be.
  struct Finding: Sendable, Equatable, CustomStringConvertible {
    var verdict: String
    var transport: String
    var status = 200
    var cause: String?

    var description: String { "\(verdict) × \(transport) × \(status)" + (cause.map { " (\($0))" } ?? "") }
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var fault: String
    var framing: String
    var direct: Finding
    var proxied: Finding

    init(_ fault: String, _ framing: String, _ direct: Finding, proxied: Finding? = nil) {
      self.fault = fault
      self.framing = framing
      self.direct = direct
      self.proxied = proxied ?? direct
    }

    var path: String { "/gzip/256KiB?framing=\(framing)" + (fault == "none" ? "" : "&fault=\(fault)") }
    var testDescription: String { "\(fault), \(framing)" }
  }

  static func complete(_ verdict: String) -> Finding { Finding(verdict: verdict, transport: "complete") }
  static let refused = Finding(verdict: "unchecked", transport: "complete", status: 502, cause: "length_and_chunked")

  static let rows: [Row] =
    ["length", "chunked", "close"].flatMap { framing -> [Row] in
      [
        Row("none", framing, complete("valid")),
        Row("crc", framing, complete("corrupt_crc")),
        Row("isize", framing, complete("corrupt_length")),
        Row("bitflip", framing, complete("corrupt_data")),
        Row("truncate", framing, complete("truncated")),
        Row("no_trailer", framing, complete("truncated")),
        Row("not_gzip", framing, complete("not_gzip")),
        Row("trailing", framing, complete("trailing_data")),
        Row("stall", framing, Finding(verdict: "truncated", transport: "stalled")),
        // A proxy that loses its upstream closes: the client of a framed body sees it cut. A reset is not passed on where a
        // FIN says enough, since it would throw away bytes that are still on their way to the client.
        Row(
          "reset", framing, Finding(verdict: "truncated", transport: "reset"),
          proxied: Finding(verdict: "truncated", transport: "cut")),
      ]
    } + [
      Row("cut", "length", Finding(verdict: "truncated", transport: "cut")),
      Row("cut", "chunked", Finding(verdict: "truncated", transport: "cut")),
      // Without framing the end of the connection is the end of the body: only the gzip layer can tell.
      Row("cut", "close", complete("truncated")),
      Row("short_length", "length", Finding(verdict: "valid", transport: "cut")),
      Row("length_and_chunked", "chunked", Finding(verdict: "valid", transport: "protocol_error"), proxied: refused),
    ]

  static func error(_ status: Int, _ cause: String) -> Finding {
    Finding(verdict: "unchecked", transport: "complete", status: status, cause: cause)
  }

  static let fronts: [(name: String, finding: Finding)] = [
    ("function-url-403", error(403, "forbidden")),
    ("rest-500-prelude", error(500, "prelude_invalid")),
    ("rest-403-missing-token", error(403, "forbidden")),
    ("rest-413", error(413, "request_too_large")),
    ("rest-429", error(429, "throttled")),
    ("http-api-503", error(503, "throttled")),
    ("http-api-403", error(403, "forbidden")),
    ("http-api-413", error(413, "request_too_large")),
    ("http-api-429", error(429, "throttled")),
    ("alb-503", error(503, "throttled")),
    ("alb-504", error(504, "gateway_timeout")),
    ("alb-413", error(413, "request_too_large")),
    ("no-prelude", complete("empty")),
    ("function-url-502", Finding(verdict: "unchecked", transport: "complete", status: 502, cause: "function_error")),
    ("rest-502", Finding(verdict: "unchecked", transport: "complete", status: 502, cause: "function_error")),
    ("rest-504", Finding(verdict: "unchecked", transport: "complete", status: 504, cause: "gateway_timeout")),
    ("http-api-500", Finding(verdict: "unchecked", transport: "complete", status: 500, cause: "function_error")),
    ("alb-502", Finding(verdict: "unchecked", transport: "complete", status: 502, cause: "alb_invalid_response")),
    ("throttle-429", Finding(verdict: "unchecked", transport: "complete", status: 429, cause: "throttled")),
    ("prelude-leak", complete("prelude_leaked")),
    ("base64-body", complete("base64_text")),
    ("in-band-error", complete("in_band_error")),
    ("decoded", complete("decoded_on_the_way")),
  ]

  @Test("body fault, direct", arguments: rows) func direct(_ row: Row) async throws {
    try await expect(row.direct, at: TestServers.shared.origin().url + row.path)
  }

  @Test("body fault, through gzproxy", arguments: rows) func proxied(_ row: Row) async throws {
    try await expect(row.proxied, at: TestServers.shared.proxy().url + row.path)
  }

  /// The default mode must not see less than `full` does: the healthy body comes first and becomes the reference.
  @Test("front", arguments: fronts.indices) func front(_ index: Int) async throws {
    let (name, finding) = Self.fronts[index]
    try await expect(finding, at: TestServers.shared.origin().url + "/front/" + name)
  }

  @Test("the table names every fault and front that gzorigin knows, and no other") func exhaustive() async throws {
    let help = try await Tool.run(Products.path("gzorigin"), ["--help"]).output
    let faults = try #require(Self.names(in: help, from: "fault=NAME", to: "/front/NAME"))
    #expect(Set(Self.rows.map(\.fault)).subtracting(["none"]) == faults)
    let fronts = try #require(Self.names(in: help, from: "/front/NAME", to: "/hello"))
    #expect(Set(Self.fronts.map(\.name)) == fronts)
  }

  /// The words of the list that the help has under `start`: from the colon that ends its explanation to `end`. What a name
  /// may be followed by (`[@POSITION]`) is not part of it. Nil where the help has no such list.
  private static func names(in help: String, from start: String, to end: String) -> Set<String>? {
    guard let opening = help.firstRange(of: start) else { return nil }
    let section = help[opening.upperBound...]
    guard let colon = section.firstRange(of: ":\n"), let closing = section.firstRange(of: end),
      colon.upperBound < closing.lowerBound
    else { return nil }
    let words = section[colon.upperBound..<closing.lowerBound].split(whereSeparator: \.isWhitespace)
    return Set(words.map { String($0.prefix { $0 != "[" }) })
  }

  private func expect(_ finding: Finding, at url: String) async throws {
    for mode in ["full", "compare"] {
      let run = try await Tool.gzload([
        url, "-n", "2", "-c", finding.transport == "stalled" ? "2" : "1", "--validate", mode, "--output-format", "json",
        // Short only where a stall is expected: a loaded machine must not look like one.
        "--stall-timeout", finding.transport == "stalled" ? "2s" : "30s",
      ])
      let report = try Report(run.standardOutput)
      #expect(report.count("totals", "streams") == 2)
      #expect(report.count("gzip", finding.verdict) == 2, "\(mode): gzip is \(report.keys("gzip")), not \(finding)")
      #expect(
        report.count("transport", finding.transport) == 2,
        "\(mode): transport is \(report.keys("transport")), not \(finding)")
      #expect(report.count("status", String(finding.status)) == 2, "\(mode): status is \(report.keys("status"))")
      if let cause = finding.cause {
        #expect(
          report.count("http_causes", String(finding.status), cause) == 2,
          "\(mode): causes are \(report.keys("http_causes", String(finding.status)))")
      }
      let healthy = finding == Self.complete("valid") || finding == Self.complete("empty")
      #expect(report.count("totals", "failed") == (healthy ? 0 : 2))
      #expect(run.exit == (healthy ? 0 : 99), "\(run.standardError)")
    }
  }
}
