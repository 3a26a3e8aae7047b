import Testing

/// An upstream that is cut in the middle of a body, through every way in which the proxy can end its upload, every effect that
/// this may have on a client, and every front: gzload calls it a failure in each of them, as it is by default.
///
/// A load balancer stands among the whole responses only: it cannot invoke a function that streams, so that gzproxy holds all
/// of the body before it says anything. There is no upload of it that could be cut, no trailer that could have an effect, and
/// gzlambda refuses `--front alb --invoke-mode stream`.
@Suite("Aborts × effects × fronts") struct AbortMatrixTests {
  struct Cell: Sendable, CustomTestStringConvertible {
    var abort: String
    var effect: String
    var front: String
    var instances: String
    /// Nil where more than one is possible.
    var transport: String?
    var testDescription: String { "\(abort) × \(effect) × \(front), \(instances)" }
  }

  static let cells: [Cell] = ["function-url", "rest"].flatMap { front in
    ["clean", "cut", "trailer"].flatMap { effect in
      ["classic", "managed"].flatMap { instances in
        [
          // Where the end looks like one, the missing trailer of the gzip is all there is to see.
          Cell(
            abort: "trailers", effect: effect, front: front, instances: instances,
            transport: effect == "cut" ? "cut" : "complete"),
          Cell(abort: "reset", effect: effect, front: front, instances: instances, transport: "cut"),
        ]
      }
    }
  }

  private static let path = "/gzip/1MiB?framing=chunked&fault=cut@50%25"

  @Test("fails", arguments: cells) func fails(_ cell: Cell) async throws {
    let origin = try await TestServers.shared.origin()
    // More slots than lanes: a worker whose upload was reset has to come back, and who finds none free is throttled.
    let function = try await RunningFunction.proxy(
      ["--front", cell.front, "--trailer-effect", cell.effect, "--instances", cell.instances, "--concurrency", "16"],
      upstream: origin.url, ["--abort", cell.abort])
    defer { function.stop() }
    let run = try await Tool.gzload([function.url + Self.path, "-n", "4", "-c", "2", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(run.exit == 99, "\(run.standardError)")
    #expect(report.count("totals", "failed") == 4 && report.count("totals", "streams") == 4)
    #expect(report.count("status", "200") == 4, "\(report.keys("status"))")
    #expect(report.count("gzip", "truncated") == 4, "\(report.keys("gzip"))")
    if let transport = cell.transport {
      #expect(report.count("transport", transport) == 4, "\(report.keys("transport"))")
    }
    // And the function lives: the next stream is whole.
    let after = try await Tool.gzload([function.url + "/gzip/64KiB", "-n", "2", "-c", "1", "--output-format", "json"])
    #expect(after.exit == 0, "\(after.output)")
  }

  /// A response that does not stream can still be told to have failed: with the status of our own.
  @Test("whole responses are refused instead", arguments: ["function-url", "rest", "alb"], ["trailers", "reset"])
  func buffered(_ front: String, _ abort: String) async throws {
    let origin = try await TestServers.shared.origin()
    let function = try await RunningFunction.proxy(
      ["--front", front, "--invoke-mode", "buffered", "--concurrency", "2"], upstream: origin.url,
      ["--lambda-mode", "buffered", "--abort", abort])
    defer { function.stop() }
    let run = try await Tool.gzload([function.url + Self.path, "-n", "4", "-c", "2", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(run.exit == 99)
    #expect(report.count("http_causes", "502", "upstream_incomplete") == 4, "\(report.keys("http_causes", "502"))")
  }
}
