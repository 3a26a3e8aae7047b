import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// `metrics`: valid for a strict reader, and right about what happened.
@Suite struct MetricsTests {
  static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  static let names: [String: String] = [
    "gzproxy_requests_total": "counter", "gzproxy_responses_incomplete_total": "counter",
    "gzproxy_upstream_errors_total": "counter", "gzproxy_client_aborts_total": "counter",
    "gzproxy_retries_total": "counter", "gzproxy_ttfb_seconds": "histogram",
    "gzproxy_request_duration_seconds": "histogram", "gzproxy_upstream_connect_seconds": "histogram",
    "gzproxy_dns_seconds": "histogram", "gzproxy_tls_handshake_seconds": "histogram", "gzproxy_bytes_total": "counter",
    "gzproxy_buffered_bytes": "gauge", "gzproxy_buffered_bytes_peak": "gauge",
    "gzproxy_backpressure_pauses_total": "counter", "gzproxy_pool_connections": "gauge",
    "gzproxy_pool_reuse_total": "counter", "gzproxy_active_streams": "gauge", "gzproxy_client_connections": "gauge",
    "gzproxy_access_log_dropped_total": "counter", "gzproxy_build_info": "gauge",
    "process_resident_memory_bytes": "gauge", "process_open_fds": "gauge", "process_start_time_seconds": "gauge",
    "process_cpu_seconds_total": "counter", "gzproxy_answers_total": "counter", "gzproxy_queue_depth": "gauge",
    "gzproxy_memory_reserved_bytes": "gauge", "gzproxy_memory_limit_bytes": "gauge",
    "gzproxy_relayed_bytes_total": "counter", "gzproxy_relayed_streams_total": "counter", "gzproxy_pipes": "gauge",
    "gzproxy_breaker_state": "gauge", "gzproxy_resumes_total": "counter",
  ]

  static func process() -> ProcessReport {
    ProcessReport(
      instance: "i", version: "1.\"2\\\n", startedAtSeconds: 1_795_312_345.125, uptimeSeconds: 1, rssBytes: 4096,
      rssPeakBytes: 4096, cpuSeconds: 0.25, openDescriptors: 7, activeStreams: 3, upstreamConnections: 5,
      droppedLogLines: 9)
  }

  static func scrape(_ server: ProxyServer, port: Int? = nil) async throws -> Exposition {
    try Exposition(try await exchange(port ?? server.port, get("/.gzproxy/metrics")).text.httpBody)
  }

  @Test func everyNameIsThereWithItsType() throws {
    let metrics = try Exposition(MetricsDocument.make(Self.process(), [LoopReport(), LoopReport()]))
    #expect(metrics.families.mapValues(\.type) == Self.names)
    #expect(metrics.value("gzproxy_build_info", ["version": "1.\"2\\\n"]) == 1)
    #expect(metrics.value("process_start_time_seconds") == 1_795_312_345.125)
    #expect(metrics.value("process_open_fds") == 7)
  }

  @Test func whatTheSystemDoesNotTellIsLeftOut() throws {
    var process = Self.process()
    process.rssBytes = nil
    process.openDescriptors = nil
    let metrics = try Exposition(MetricsDocument.make(process, [LoopReport()]))
    #expect(metrics.families["process_resident_memory_bytes"] == nil && metrics.families["process_open_fds"] == nil)
    #expect(metrics.families["process_cpu_seconds_total"] != nil)
  }

  /// Every value of every label is from a closed set, so that no client can make the number of series grow.
  @Test func labelsAreBounded() throws {
    let metrics = try Exposition(MetricsDocument.make(Self.process(), [LoopReport()]))
    let causes = Set(ProxyCause.allCases.map(\.rawValue))
    let allowed: [String: Set<String>] = [
      "status_class": ["none", "2xx", "3xx", "4xx", "5xx"],
      "outcome": ["complete", "incomplete", "answered", "client_abort", "local"], "cause": causes,
      "proxy_status": Set(ProxyCause.allCases.map(\.token)), "phase": ["request", "queue", "connect", "head", "data"],
      "side": ["client", "upstream"], "state": ["idle", "active"], "result": ["hit", "miss", "stale", "ok"],
      "reason": ["idle_connection_died"], "version": ["1.\"2\\\n"],
      "path": ["copy", "splice"], "dir": ["from_client", "to_client", "from_upstream", "to_upstream"],
    ]
    for sample in metrics.families.values.flatMap(\.samples) {
      for (name, value) in sample.labels where name != "le" { #expect(allowed[name]?.contains(value) == true) }
    }
  }

  @Test func countersOfLoopsAreAddedUp() throws {
    var report = LoopReport(bufferedBytes: 10, peakBuffer: 70, clientConnections: 2, idleUpstreamConnections: 1)
    report.counters.ended(StreamEnd.of(nil, phase: .data, status: 206))
    report.counters.ended(StreamEnd.of(.clientAbort, phase: .connect, status: nil))
    report.counters.ended(StreamEnd.of(.bodyTimeout, phase: .data, status: 200))
    report.counters.upstreamFailed(.malformedResponse)
    report.counters.upstreamFailed(.lengthAndChunked)
    report.counters.upstreamFailed(.malformedRequest)
    report.counters.opened(Self.opening())
    report.counters.bytesOut = 5
    report.counters.pauses.add(.upstream, 3)
    var other = LoopReport(peakBuffer: 99)
    other.counters.upstreamFailed(.malformedResponse)
    let metrics = try Exposition(MetricsDocument.make(Self.process(), [report, report, other]))
    let requests = "gzproxy_requests_total"
    #expect(metrics.value(requests, ["status_class": "2xx", "outcome": "complete"]) == 2)
    #expect(metrics.value(requests, ["status_class": "none", "outcome": "client_abort"]) == 2)
    #expect(metrics.value(requests, ["status_class": "2xx", "outcome": "incomplete"]) == 2)
    #expect(metrics.value("gzproxy_client_aborts_total", ["phase": "connect"]) == 2)
    #expect(metrics.value("gzproxy_responses_incomplete_total", ["cause": "body_timeout"]) == 2)
    #expect(metrics.value("gzproxy_upstream_errors_total", ["proxy_status": "http_protocol_error"]) == 5)
    #expect(metrics.value("gzproxy_upstream_errors_total", ["proxy_status": "http_request_error"]) == nil)
    #expect(metrics.value("gzproxy_bytes_total", ["dir": "to_client"]) == 10)
    #expect(metrics.value("gzproxy_backpressure_pauses_total", ["side": "upstream"]) == 6)
    #expect(metrics.value("gzproxy_buffered_bytes") == 20 && metrics.value("gzproxy_buffered_bytes_peak") == 99)
    #expect(metrics.value("gzproxy_pool_connections", ["state": "active"]) == 3)
    #expect(metrics.value("gzproxy_dns_seconds_sum") == 0.004)
    #expect(metrics.value("gzproxy_tls_handshake_seconds_bucket", ["le": "0.005"]) == 0)
    #expect(metrics.value("gzproxy_tls_handshake_seconds_bucket", ["le": "0.01"]) == 2)
    #expect(metrics.value("gzproxy_upstream_connect_seconds_bucket", ["le": "+Inf"]) == 2)
  }

  /// 2 ms for the name, 3 for TCP, 7 for TLS.
  static func opening() -> ConnectTimings {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    var timings = ConnectTimings(startedAt: start)
    timings.resolving(at: start)
    timings.addressed(at: start + .milliseconds(2))
    timings.addressed(at: start + .milliseconds(4))
    return timings.ready(at: start + .milliseconds(12), handshakeAt: start + .milliseconds(5))
  }

  @Test func aBoundBelongsToItsBucket() {
    var histogram = LatencyHistogram()
    histogram.observe(.milliseconds(1))
    histogram.observe(.nanoseconds(1_000_001))
    histogram.observe(.hours(2))
    histogram.observe(.nanoseconds(-5))
    #expect(histogram.counts[0] == 1 && histogram.counts[1] == 1 && histogram.counts[2] == 1)
    #expect(histogram.counts.last == 1 && histogram.count == 4)
    #expect(histogram.sumNanoseconds == 2_000_001 + 7_200_000_000_000)
  }

  @Test func itIsToldOnTheAdminListenerAndOnTheMainOneOnlyWithTelemetry() async throws {
    let origin = try ScriptedOrigin.answering(Self.ok)
    let admin = try HostAndPort("127.0.0.1:0")
    try await withProxy(to: origin.url) {
      $0.adminListen = admin
    } _: { server async throws in
      #expect(try await exchange(server.port, get("/.gzproxy/metrics")).text.hasPrefix("HTTP/1.1 404 "))
      let text = try await exchange(try #require(server.adminPort), get("/.gzproxy/metrics")).text
      #expect(text.hasPrefix("HTTP/1.1 200 OK"))
      #expect(text.contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
      #expect(try Exposition(text.httpBody).families.count == Self.names.count)
    }
  }

  @Test func itIsRightAboutWhatHappened() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      while let head = peer.readHead() {
        if head.hasPrefix("GET /cut") {
          peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
          return
        }
        if head.hasPrefix("GET /bad") {
          peer.write("nonsense\r\n\r\n")
          return
        }
        if head.hasPrefix("GET /close") {
          peer.write(Self.ok)
          return
        }
        peer.write(Self.ok)
      }
    }
    try await withProxy(to: origin.url) {
      $0.telemetry = true
    } _: { server async throws in
      for path in ["/a", "/b", "/cut", "/bad"] { _ = try await exchange(server.port, get(path)) }
      _ = try await exchange(server.port, "GET / HTTP/1.1\r\n\r\n")
      let metrics = try await Self.scrape(server)
      func value(_ name: String, _ labels: [String: String]) -> Double? { metrics.value("gzproxy_\(name)", labels) }
      #expect(value("requests_total", ["status_class": "2xx", "outcome": "complete"]) == 2)
      #expect(value("requests_total", ["status_class": "2xx", "outcome": "incomplete"]) == 1)
      #expect(value("requests_total", ["status_class": "5xx", "outcome": "answered"]) == 1)
      #expect(value("requests_total", ["status_class": "4xx", "outcome": "answered"]) == 1)
      #expect(value("responses_incomplete_total", ["cause": "response_incomplete"]) == 1)
      #expect(value("upstream_errors_total", ["proxy_status": "http_protocol_error"]) == 1)
      #expect(value("upstream_errors_total", ["proxy_status": "http_response_incomplete"]) == 1)
      #expect(metrics.value("gzproxy_ttfb_seconds_count") == 3)
      #expect(metrics.value("gzproxy_request_duration_seconds_count") == 4)
      #expect(value("pool_reuse_total", ["result": "miss"]) == 2 && value("pool_reuse_total", ["result": "hit"]) == 2)
      #expect(metrics.value("gzproxy_upstream_connect_seconds_count") == 2)
      #expect(metrics.value("gzproxy_dns_seconds_count") == 0)
      #expect(value("bytes_total", ["dir": "from_upstream"]) == Double(2 * Self.ok.utf8.count + 43 + 12))
      #expect((value("bytes_total", ["dir": "to_upstream"]) ?? 0) > 400)
      #expect((value("bytes_total", ["dir": "from_client"]) ?? 0) > 200)
      #expect(metrics.value("gzproxy_active_streams") == 0 && metrics.value("gzproxy_client_connections") == 1)
    }
  }

  @Test func aRetryAndADeadIdleConnectionAreCounted() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write(Self.ok)
      // The second request on this connection finds it closing.
      if origin.connections == 1 { _ = peer.readHead() } else { _ = peer.readToEnd() }
    }
    try await withProxy(to: origin.url) {
      $0.telemetry = true
    } _: { server async throws in
      _ = try await exchange(server.port, get("/1"))
      #expect(try await exchange(server.port, get("/2")).text.hasSuffix("\r\n\r\nok"))
      let metrics = try await Self.scrape(server)
      #expect(metrics.value("gzproxy_retries_total", ["reason": "idle_connection_died"]) == 1)
      #expect(metrics.value("gzproxy_pool_reuse_total", ["result": "hit"]) == 1)
      #expect(metrics.value("gzproxy_requests_total", ["status_class": "2xx", "outcome": "complete"]) == 2)
    }
  }

  @Test func aNameTakesTimeToResolve() async throws {
    let origin = try ScriptedOrigin.answering(Self.ok)
    try await withProxy(to: "http://localhost:\(origin.port)") {
      $0.telemetry = true
    } _: { server async throws in
      #expect(try await exchange(server.port, get()).text.hasPrefix("HTTP/1.1 200"))
      let metrics = try await Self.scrape(server)
      #expect(metrics.value("gzproxy_dns_seconds_count") == 1)
      #expect((metrics.value("gzproxy_dns_seconds_sum") ?? 0) > 0)
    }
  }
}
