import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct TargetWatcherTests {
  private static let stats = """
    {"instance":"i","rss_bytes":1000,"rss_peak_bytes":3000,"cpu_seconds":0.5,"upstream_errors":{"dns_error":1},
     "streams":[{"request_id":"r1","buffered_bytes":17,"bytes_out":5,"age_seconds":0.1},
                {"request_id":"r2","buffered_bytes":0,"bytes_out":5,"age_seconds":0.1}]}
    """

  @Test func decodes() throws {
    let stats = try #require(ProxyStats(json: Array(Self.stats.utf8)))
    var memory = TargetMemory()
    stats.update(&memory, source: "s")
    #expect(memory.source == "s" && memory.rssBytes == 1000 && memory.rssPeakBytes == 3000 && memory.sampleCount == 1)
    #expect(memory.bufferedByRequest == ["r1": 17, "r2": 0])
    let later = try #require(ProxyStats(json: Array("{\"rss_bytes\":4000}".utf8)))
    later.update(&memory, source: "s")
    #expect(memory.rssBytes == 4000 && memory.rssPeakBytes == 4000 && memory.sampleCount == 2)
    #expect(memory.bufferedByRequest.isEmpty)
  }

  @Test(arguments: ["", "[]", "{}", "{\"rss_bytes\":\"1\"}", "{\"rss_bytes\":0}", "{\"rss_bytes\":1e300}"])
  func notStats(text: String) {
    #expect(ProxyStats(json: Array(text.utf8)) == nil)
  }

  @Test func asksAServer() throws {
    let body = Self.stats
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    let server = try OneShotServer(answers: [answer, answer])
    let watcher = TargetWatcher(port: server.port, source: "gzproxy (child, pid 1)")
    #expect(watcher.current() == TargetMemory())
    watcher.start()
    #expect(watcher.current().rssBytes == 1000)
    #expect(watcher.current().source == "gzproxy (child, pid 1)")
    watcher.stop()
    #expect(watcher.current().sampleCount >= 2)
    let head = "GET /.gzproxy/stats HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nConnection: close\r\n\r\n"
    #expect(server.requests.first == head)
  }

  @Test func aProxyWithoutTelemetryReportsNothing() throws {
    let server = try OneShotServer(answers: ["HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"])
    let watcher = TargetWatcher(port: server.port, source: "s")
    watcher.start()
    watcher.stop()
    #expect(watcher.current() == TargetMemory())
  }

  @Test func figuresOfALaterLookAreTaken() {
    var result = TargetMemory()
    result.instances = ["i": .init()]
    result.rssPeakBytes = 5000
    var later = TargetMemory()
    result.takeFigures(of: later)
    #expect(result.source == nil && result.rssPeakBytes == 5000)
    later.source = "s"
    later.rssBytes = 1
    later.rssPeakBytes = 3
    later.sampleCount = 9
    result.takeFigures(of: later)
    #expect(result.source == "s" && result.rssBytes == 1 && result.rssPeakBytes == 5000 && result.sampleCount == 9)
    #expect(result.instances.count == 1)
  }
}
