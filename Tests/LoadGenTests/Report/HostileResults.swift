@testable import LoadGen

extension SampleResults {
  /// What a target would send that wants to write somewhere else than where it may: HTML, XML, Markdown, terminals.
  static let hostileText =
    "</script></pre><script>alert(1)</script><img src=x onerror=alert(1)>\"'|`\\`` \\|[a](http://evil.example)"
    + "\u{0}\u{1B}[2J\u{8}\u{C}\r\n# title\n]]>&amp;&#0;\u{202E}gpj.\u{FFFE}\u{2028}<!-- @everyone"

  /// Failures of every layer whose every text is hostile.
  static var hostile: RunResult {
    var result = failed
    result.plan.targets = [LoadTarget(url: "http://127.0.0.1/\(hostileText)"), LoadTarget(url: "http://127.0.0.1/b")]
    result.plan.headers = ["X-Test: \(hostileText)"]
    result.plan.method = hostileText
    result.plan.thresholds[0].expression = hostileText
    result.counters.status = [200: 100, 502: 98, 0: 2]
    var causes = EnumCounts<FailureCause>()
    causes[.functionError] = 98
    result.counters.causes = [502: causes]
    result.counters.transport[.reset] = 4
    result.counters.protocols = [hostileText: 198]
    result.counters.missedExpectations = ["header \(hostileText)": 3]
    result.notes = [hostileText]
    result.memory.source = hostileText
    result.memory.rssBytes = 1
    result.memory.instances[hostileText] = TargetMemory.Instance()
    let kinds: [(String, FailureCause?, Int)] = [
      ("truncated", nil, 200), ("status 502", .functionError, 502), ("reset", nil, 0),
      ("expectation header \(hostileText)", nil, 200),
    ]
    result.evidence = kinds.enumerated().map { index, kind in
      Evidence(
        stream: index + 1, url: "http://127.0.0.1/\(hostileText)", outcome: kind.0, cause: kind.1, status: kind.2,
        headers: [.init(name: hostileText, value: hostileText), .init(name: "Set-Cookie", value: "tOkEn")],
        bodyHead: Array(hostileText.utf8.prefix(256)), bodyTail: Array(hostileText.utf8.suffix(16)), advice: hostileText
      )
    }
    result.series = series
    return result
  }

  /// As many failures, each as large, as a run keeps.
  static var enormous: RunResult {
    var result = hostile
    let value = String(repeating: "&\"<é", count: 1000)
    result.evidence = (0..<192).map { number in
      Evidence(
        stream: number + 1, url: "http://127.0.0.1/\(value)", outcome: "expectation header \(number / 3)", cause: nil,
        status: 200, headers: (0..<64).map { .init(name: "X-\($0)", value: value) },
        bodyHead: [UInt8](repeating: 0x26, count: 256), bodyTail: [UInt8](repeating: 0x26, count: 16), advice: value)
    }
    for number in 0..<64 { result.counters.missedExpectations["header \(number)"] = 3 }
    result.plan.targets = (0..<500).map { LoadTarget(url: "http://127.0.0.1/\($0)/\(value)") }
    result.plan.thresholds = (0..<500).map { number in
      var threshold = Threshold.implicit[0]
      threshold.expression = "\(number) \(value)"
      return threshold
    }
    result.notes = (0..<500).map { "\($0) \(value)" }
    for number in 0..<2000 { result.memory.instances["\(number) \(value)"] = TargetMemory.Instance() }
    return result
  }

  /// Ten minutes with everything in it: a stall, failures, a target whose memory grows.
  static var series: TimeSeries {
    let samples = (0..<600).map { second -> SeriesSample in
      var sample = SeriesSample()
      sample.atSeconds = Double(second)
      sample.seconds = 1
      let stalls = (300..<320).contains(second)
      sample.streams = stalls ? 0 : 40 + second % 17
      sample.bytesWire = Int64(sample.streams) * 700_000
      sample.failed = (450..<460).contains(second) ? second % 7 : 0
      sample.active = 16
      sample.rssBytes = second < 20 ? nil : Int64(20 << 20) + Int64(second) * 20_000
      sample.clientBusy = 0.4
      for stream in 0..<sample.streams {
        let base = Int64(stream * stream) * 900 + 2000
        sample.ttfb.record(base / 3)
        sample.ttlb.record(second == 320 ? base + 20_000_000 : base)
      }
      return sample
    }
    return TimeSeries(intervalSeconds: 1, samples: samples)
  }
}
