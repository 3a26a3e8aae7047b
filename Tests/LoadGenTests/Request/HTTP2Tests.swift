import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct HTTP2Tests {
  private static let sizes = [0, 1, 1000, 16_384, 65_535, 70_000, 300_000, 2_000_000]

  private func plan(_ arguments: [String], _ urls: [String]) throws -> LoadPlan {
    var plan = try LoadArguments.parse(["--http2", "-t", "20s"] + arguments + urls).plan(.gzload)
    plan.threads = 1
    return plan
  }

  private func urls(_ url: (String) -> String) -> [String] { Self.sizes.map { url("/\($0).gz") } }

  /// Many streams of many sizes over few connections, all on one thread: every body is judged as its own.
  private func prove(_ urls: [String], _ arguments: [String]) throws {
    let plan = try plan(["-c", "32", "-n", "320", "-p", "8", "--validate", "compare"] + arguments, urls)
    let result = try EngineHarness.run(plan)
    #expect(result.counters.ok == 320, "\(result.evidence)")
    #expect(result.counters.protocols == ["h2": 320])
    let connections = result.distributions.count(.connect)
    let sharesClear = CurlLibrary.has(.sharedClearHTTP2)
    guard sharesClear || urls.first?.hasPrefix("https:") == true else { return #expect(connections == 320) }
    // ceil(32 / 8): no lane opens one because others began with it.
    #expect(connections == 4, "\(connections) connections")
  }

  @Test func overTLSAgainstNginx() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.makeGzip(Self.sizes)
    let tls = try SelfSigned(in: folder)
    let server = try NginxServer(
      folder: folder.path, listen: "ssl http2", server: tls.directives, location: "add_header Content-Encoding gzip;")
    defer { server.stop() }
    let plan = try plan(
      ["-c", "32", "-n", "320", "-p", "8", "--expect", "gzip", "--cacert", tls.certificate], urls(server.url))
    let result = try EngineHarness.run(plan)
    #expect(result.counters.verdicts[.valid] == 320)
    try prove(urls(server.url), ["--expect", "gzip", "-k"])
  }

  @Test(arguments: [true, false]) func againstNghttpd(isTLS: Bool) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.makeGzip(Self.sizes)
    let tls = try SelfSigned(in: folder)
    let server = try PortServer("/usr/sbin/nghttpd", package: "nghttp2-server") { port in
      ["-a", "127.0.0.1", "-d", folder.path]
        + (isTLS ? ["\(port)", tls.key, tls.certificate] : ["--no-tls", "\(port)"])
    }
    defer { server.stop() }
    let scheme = isTLS ? "https" : "http"
    try prove(urls { "\(scheme)://127.0.0.1:\(server.port)\($0)" }, isTLS ? ["-k"] : [])
  }

  @Test func bodiesGoOutToo() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = "\(folder.path)/body"
    try folder.write("body", "")
    #expect(truncate(path, 5 << 20) == 0)
    let server = try PortServer("/usr/sbin/nghttpd", package: "nghttp2-server") { port in
      ["-a", "127.0.0.1", "--echo-upload", "-d", folder.path, "--no-tls", "\(port)"]
    }
    defer { server.stop() }
    let plan = try plan(["-c", "4", "-n", "8", "-D", path], ["http://127.0.0.1:\(server.port)/"])
    let result = try EngineHarness.run(plan)
    #expect(result.counters.ok == 8 && result.counters.bytesWire == 8 * (5 << 20))
  }

  /// nginx says GOAWAY after each ten requests; what it refused with that is asked for again.
  @Test func connectionsThatEndAreReplaced() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.makeGzip([1000])
    let tls = try SelfSigned(in: folder)
    let server = try NginxServer(
      folder: folder.path, listen: "ssl http2", server: tls.directives + "keepalive_requests 10;")
    defer { server.stop() }
    let result = try EngineHarness.run(try plan(["-k", "-c", "4", "-n", "100"], [server.url("/1000.gz")]))
    // What reaches nginx when it has hung up already gets a reset instead of the GOAWAY that says so: no answer, and said to be.
    let unanswered = result.counters.transport[.cut] + result.counters.transport[.reset]
    #expect(result.counters.ok + unanswered == 100, "\(result.counters.transport) \(result.evidence)")
    #expect(result.counters.ok >= 80 && result.counters.status[0, default: 0] == unanswered)
    #expect(result.distributions.count(.connect) >= 9)
  }

  @Test func anotherVersionFailsTheStream() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tls = try SelfSigned(in: folder)
    let server = try NginxServer(folder: folder.path, listen: "ssl", server: tls.directives, location: "return 200 ok;")
    defer { server.stop() }
    let result = try EngineHarness.run(try plan(["-k", "-c", "1", "-n", "2"], [server.url()]))
    #expect(result.counters.failed == 2 && result.counters.transport[.protocolError] == 2)
    #expect(
      result.evidence.first?.advice.hasPrefix("HTTP/2 was asked for and HTTP/1.1 negotiated: the target, or whoever")
        == true)
  }

  @Test func aServerOfHTTP1InClearText() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello), .close] }
    defer { server.stop() }
    let result = try EngineHarness.run(try plan(["-c", "1", "-n", "1"], [server.url()]))
    #expect(result.counters.failed == 1 && result.counters.ok == 0)
    #expect(result.evidence.first?.advice.contains("HTTP/2") == true, "\(result.evidence)")
  }
}
