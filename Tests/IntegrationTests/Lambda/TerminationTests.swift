import Foundation
import TestSupport
import Testing

/// SIGTERM to gzproxy as a function's runtime. Lambda follows it with SIGKILL after about 600 ms: what has not been said by then
/// is not said at all.
@Suite("The end of a function", .serialized) struct TerminationTests {
  private static let streams = 64
  private static let limit = Duration.milliseconds(600)
  private static let body = "/gzip/8MiB?ratio=1"

  @Test("64 busy streams are over in 600 ms, and none of them looks whole", arguments: ["trailers", "reset"])
  func terminated(_ abort: String) async throws {
    let origin = try await TestServers.shared.origin()
    let whole = try await Tool.run("/usr/bin/curl", ["-sS", "--fail", "--max-time", "30", origin.url + Self.body])
    try #require(whole.exit == 0 && whole.standardOutput.count > 8_000_000)
    // Something else may have the machine for a moment. What takes longer by itself takes longer each time.
    var figures: [Duration] = []
    while figures.count < 3, figures.last.map({ $0 > Self.limit }) ?? true {
      figures.append(try await Self.time(abort, upstream: origin.url, whole: [UInt8](whole.standardOutput)))
    }
    let shown = figures.map { "\(Int($0 / .milliseconds(1))) ms" }.joined(separator: ", ")
    print("from SIGTERM to the end of gzproxy, \(Self.streams) streams, abort \(abort): \(shown)")
    #expect(figures.last.map { $0 <= Self.limit } == true, "\(shown)")
  }

  /// From SIGTERM to the process's end.
  private static func time(_ abort: String, upstream: String, whole: [UInt8]) async throws -> Duration {
    let pipe = try NamedPipe()
    let runtime = [Products.path("gzproxy"), "lambda", "--upstream", upstream, "--abort", abort, "--access-log", "off"]
    let function = try await RunningFunction.start(
      ["--instances", "managed", "--concurrency", "\(streams)"], pipe.held(by: runtime))
    defer { function.stop() }
    pipe.removeName()
    let instance = try #require(try await function.stats().items("instances").first)
    let pid = Int32(try #require(instance["pid"] as? Double))
    let clients = try await busyClients(function.server.port)
    async let reading = rest(of: clients)
    let clock = ContinuousClock()
    let begun = clock.now
    kill(pid, SIGTERM)
    let (isGone, end) = await Tool.onThread { (pipe.waitForEnd(seconds: 20), clock.now) }
    #expect(isGone)
    for (bytes, end) in try await reading {
      let response = try #require(RawResponse(bytes))
      let (data, isComplete, _) = response.dechunked
      #expect(response.status == 200)
      #expect(data.count < whole.count && data.elementsEqual(whole.prefix(data.count)), "\(data.count) bytes")
      // A length would have been kept or missed; chunks of a reset upload have no end.
      #expect(end != .open && !(isComplete && abort == "reset"))
    }
    return end - begun
  }

  /// Each has its head and the beginning of a body that would take minutes.
  private static func busyClients(_ port: Int) async throws -> [(RawClient, [UInt8])] {
    try await withThrowingTaskGroup { group in
      for _ in 0..<streams {
        group.addTask {
          try await RawClient.run {
            let client = try RawClient(port: port)
            try client.send("GET \(body)&pace=64KiB HTTP/1.1\r\nHost: function\r\nConnection: close\r\n\r\n")
            return (client, client.read(through: "\r\n\r\n") + client.read(4096))
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }

  private static func rest(of clients: [(RawClient, [UInt8])]) async throws -> [([UInt8], RawClient.End)] {
    try await withThrowingTaskGroup { group in
      for (client, beginning) in clients {
        group.addTask {
          try await RawClient.run {
            let (rest, end) = client.readToEnd(seconds: 30)
            return (beginning + rest, end)
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
