/// The `metrics` document: every counter of all loops under its Prometheus name. Pure.
///
/// Of a queue for upstream connections, resumed bodies and a circuit breaker there is nothing to tell yet: their families are
/// there, and 0, so that what looks at them need not change.
enum MetricsDocument {
  static func make(_ process: ProcessReport, _ loops: [LoopReport]) -> String {
    let counters = loops.reduce(LoopCounters()) { $0 + $1.counters }
    var out = PrometheusText()
    writeStreams(counters, &out)
    writeTimes(counters, &out)
    writeBytes(counters, process, loops, &out)
    writeUpstream(counters, process, loops, &out)
    writeProcess(process, loops, &out)
    return out.text
  }

  private static func writeStreams(_ counters: LoopCounters, _ out: inout PrometheusText) {
    let requests = "gzproxy_requests_total"
    out.family(
      requests, .counter, "Finished requests. status_class is none where the client left before anything was sent."
    ) { out in
      for outcome in StreamOutcome.allCases {
        for status in StatusClass.allCases where status != .informational {
          let labels = [("status_class", status.label), ("outcome", outcome.label)]
          out.sample(requests, String(counters.requests[status, outcome]), labels)
        }
      }
    }
    out.counter(
      "gzproxy_responses_incomplete_total", "Responses that were cut after their head, not by the client.",
      by: "cause", counters.incompleteBy,
      of: ProxyCause.allCases.filter { cutCauses.contains($0) || counters.incompleteBy[$0] > 0 })
    out.counter(
      "gzproxy_answers_total", "Errors that the proxy answered in place of the upstream.", by: "cause",
      counters.answeredBy, of: ProxyCause.allCases.filter { !unansweredCauses.contains($0) })
    let errors = "gzproxy_upstream_errors_total"
    out.family(errors, .counter, "Failures of the upstream by RFC 9209 error type, before and after the head.") { out in
      for (token, count) in counters.upstreamErrorsByToken {
        out.sample(errors, String(count), [("proxy_status", token)])
      }
    }
    out.counter(
      "gzproxy_client_aborts_total", "Clients that left, or took too little, before their response was whole.",
      by: "phase", counters.clientAborts, of: StreamPhase.allCases)
    out.counter(
      "gzproxy_retries_total", "Requests that were sent to the upstream again.", by: "reason", counters.retries,
      of: RetryReason.allCases)
  }

  /// What can happen to a body whose head has gone out.
  private static let cutCauses: Set<ProxyCause> = [
    .responseIncomplete, .malformedResponse, .bodyTimeout, .upstreamWriteTimeout, .malformedRequestBody,
    .requestTimeout,
    .requestBodyTooLarge, .draining, .internalError,
  ]

  /// What nobody is told: there is nobody, or a response on its way, or it was whole.
  private static let unansweredCauses: Set<ProxyCause> = [
    .clientAbort, .clientWriteTimeout, .excessResponse,
  ]

  private static func writeTimes(_ counters: LoopCounters, _ out: inout PrometheusText) {
    out.histogram(
      "gzproxy_ttfb_seconds", "From a request's head to the head of the upstream's response.", counters.timeToHead)
    out.histogram(
      "gzproxy_request_duration_seconds", "From a request's head to the end of its stream.", counters.duration)
    out.histogram(
      "gzproxy_upstream_connect_seconds", "Opening a connection to the upstream, with name resolution and TLS.",
      counters.connect)
    out.histogram("gzproxy_dns_seconds", "Resolving the upstream's name.", counters.resolution)
    out.histogram("gzproxy_tls_handshake_seconds", "TLS handshakes with the upstream.", counters.handshake)
  }

  private static func writeBytes(
    _ counters: LoopCounters, _ process: ProcessReport, _ loops: [LoopReport], _ out: inout PrometheusText
  ) {
    var bytes = counters.bytes
    bytes.add(.toClient, counters.bytesOut)
    out.counter(
      "gzproxy_bytes_total", "Bytes of messages on plain connections, and inside TLS: heads, framing and bodies.",
      by: "dir", bytes, of: ByteDirection.allCases)
    let relayed = "gzproxy_relayed_bytes_total"
    out.family(
      relayed, .counter, "Of the bytes to clients, those that went through memory and those that went through a pipe."
    ) { out in
      out.sample(relayed, String(counters.bytesOut - counters.bytesSpliced), [("path", RelayPath.copy.label)])
      out.sample(relayed, String(counters.bytesSpliced), [("path", RelayPath.splice.label)])
    }
    out.counter(
      "gzproxy_relayed_streams_total",
      "Finished streams of which the upstream sent a head; splice are those of which anything went through a pipe.",
      by: "path", counters.relays, of: RelayPath.allCases)
    let pipes = "gzproxy_pipes"
    let idlePipes = loops.reduce(0) { $0 + $1.idlePipes }
    out.family(pipes, .gauge, "Pipes: those that wait for use, and those with bytes of a stream inside.") { out in
      out.sample(pipes, String(idlePipes), [("state", "idle")])
      out.sample(pipes, String(max(0, process.pipes - idlePipes)), [("state", "active")])
    }
    out.gauge(
      "gzproxy_buffered_bytes", "Bytes held for all streams, in user space and in pipes.",
      loops.reduce(0) { $0 + $1.bufferedBytes })
    let peak = loops.reduce(counters.peakBuffer) { max($0, $1.peakBuffer) }
    out.gauge("gzproxy_buffered_bytes_peak", "The most bytes that one stream has held at a time.", Int64(peak))
    out.counter(
      "gzproxy_backpressure_pauses_total",
      "How often reading stopped as the other side was slow; side is the slow one.",
      by: "side", counters.pauses, of: SlowSide.allCases)
  }

  private static func writeUpstream(
    _ counters: LoopCounters, _ process: ProcessReport, _ loops: [LoopReport], _ out: inout PrometheusText
  ) {
    let idle = loops.reduce(0) { $0 + $1.idleUpstreamConnections }
    let pool = "gzproxy_pool_connections"
    out.family(pool, .gauge, "Connections to the upstream: idle ones, and those in use or being opened.") { out in
      out.sample(pool, String(idle), [("state", "idle")])
      out.sample(pool, String(max(0, process.upstreamConnections - idle)), [("state", "active")])
    }
    out.gauge("gzproxy_queue_depth", "Requests that wait for a connection; always 0, as none waits.", 0)
    out.gauge("gzproxy_breaker_state", "Always 0: there is no circuit breaker.", 0)
    out.family("gzproxy_resumes_total", .counter, "Bodies that were resumed; always 0, as none is.") { out in
      out.sample("gzproxy_resumes_total", "0", [("result", "ok")])
    }
    out.counter(
      "gzproxy_pool_reuse_total", "What came of looking for an idle connection.", by: "result", counters.lookups,
      of: PoolLookup.allCases)
  }

  private static func writeProcess(_ process: ProcessReport, _ loops: [LoopReport], _ out: inout PrometheusText) {
    out.gauge("gzproxy_active_streams", "Streams under way.", Int64(process.activeStreams))
    out.gauge(
      "gzproxy_memory_reserved_bytes", "What the streams under way may need at most.", process.reservedBytes)
    out.gauge(
      "gzproxy_memory_limit_bytes", "Where new streams are refused; 0: nowhere.", process.memoryLimit ?? 0)
    out.gauge(
      "gzproxy_client_connections", "Open connections of clients.",
      Int64(loops.reduce(0) { $0 + $1.clientConnections }))
    out.counter(
      "gzproxy_access_log_dropped_total", "Lines that the access log could not take or write.", process.droppedLogLines)
    out.family("gzproxy_build_info", .gauge, "Always 1.") { out in
      out.sample("gzproxy_build_info", "1", [("version", process.version)])
    }
    if let bytes = process.rssBytes { out.gauge("process_resident_memory_bytes", "Resident memory.", bytes) }
    if let count = process.openDescriptors { out.gauge("process_open_fds", "Open file descriptors.", count) }
    out.gauge(
      "process_start_time_seconds", "When the server started, since 1970.", "\(process.startedAtSeconds)")
    out.family("process_cpu_seconds_total", .counter, "User and system time.") { out in
      out.sample("process_cpu_seconds_total", "\(process.cpuSeconds)")
    }
  }
}
