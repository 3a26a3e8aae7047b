import Testing

@testable import LoadGen

@Suite struct PrometheusTests {
  private static let hostile = "a\"b\\c\nd\u{1B}[2J\u{202E}}{ 1 é"

  private static var figures: [PrometheusFigures] {
    var snapshot = Snapshot()
    snapshot.counters = SampleResults.failed.counters
    snapshot.counters.missedExpectations = [hostile: 1]
    snapshot.memory.instances[hostile] = TargetMemory.Instance()
    snapshot.memory.rssBytes = 5
    snapshot.elapsedSeconds = .nan
    var labelled = PrometheusFigures(snapshot)
    labelled.labels = [("job", hostile)]
    return [labelled, PrometheusFigures(Snapshot())]
      + [SampleResults.empty, SampleResults.passed, SampleResults.failed, SampleResults.naive].map {
        PrometheusFigures(RunReport($0))
      }
  }

  /// The rules that `promtool check metrics` and a scraper have.
  @Test func everyDocumentIsInTheExpositionFormat() throws {
    for figures in Self.figures {
      let text = figures.text()
      #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"))
      let families = try Exposition(text).families
      #expect(families.count > 15)
      for family in families {
        #expect(family.name.wholeMatch(of: /gzload_[a-z_]+/) != nil)
        #expect(!family.help.isEmpty && !family.samples.isEmpty, "\(family.name)")
        #expect(family.name.hasSuffix("_total") == (family.kind == "counter"), "\(family.name)")
        #expect(Set(family.samples.map(\.series)).count == family.samples.count, "\(family.name) twice")
      }
      #expect(Set(families.map(\.name)).count == families.count)
    }
  }

  @Test func histogramsAreCumulative() throws {
    let report = RunReport(SampleResults.passed)
    let families = try Exposition(PrometheusFigures(report).text()).families
    let ttlb = try #require(families.first { $0.name == "gzload_ttlb_seconds" })
    #expect(ttlb.kind == "histogram")
    let buckets = ttlb.samples.filter { $0.name.hasSuffix("_bucket") }
    #expect(buckets.count == LatencyBuckets.bounds.count + 1)
    #expect(buckets.map(\.value) == buckets.map(\.value).sorted())
    #expect(buckets.last?.labels["le"] == "+Inf" && buckets.last?.value == 200)
    let bounds = buckets.dropLast().compactMap { Double($0.labels["le"] ?? "") }
    #expect(bounds.count == LatencyBuckets.bounds.count && bounds == bounds.sorted())
    #expect(ttlb.samples.first { $0.name.hasSuffix("_count") }?.value == 200)
    let sum = try #require(ttlb.samples.first { $0.name.hasSuffix("_sum") }).value
    #expect(abs(sum - 201) < 0.5)
  }

  @Test func figuresAreTheReports() throws {
    let families = try Exposition(PrometheusFigures(RunReport(SampleResults.failed)).text()).families
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      families.first { $0.name == name }?.samples.first { $0.labels == labels }?.value
    }
    #expect(value("gzload_streams_total", ["result": "failed"]) == 11)
    #expect(value("gzload_streams_total", ["result": "cut_by_deadline"]) == 2)
    #expect(value("gzload_responses_total", ["status": "none"]) == 2)
    #expect(value("gzload_gzip_verdicts_total", ["verdict": "truncated"]) == 10)
    #expect(value("gzload_gzip_verdicts_total", ["verdict": "not_gzip"]) == 0)
    #expect(value("gzload_wire_bytes_total") == 419_430_400)
    #expect(value("gzload_running") == 0)
    #expect(value("gzload_threshold_passed", ["threshold": "stream_failed:rate == 0"]) == 0)
    #expect(value("gzload_threshold_value", ["threshold": "stream_failed:rate == 0"]) == 0.055)
    #expect(value("gzload_missed_expectations_total", ["expectation": "header Vary"]) == 1)
    // Nobody says the target's memory: no figure, and never 0.
    #expect(value("gzload_target_resident_memory_bytes") == nil)
  }

  @Test func whatOthersNameIsEscaped() throws {
    let families = try Exposition(Self.figures[0].text()).families
    let missed = try #require(families.first { $0.name == "gzload_missed_expectations_total" }?.samples.first)
    #expect(missed.labels["expectation"] == "a\"b\\c\nd?[2J?}{ 1 é")
    #expect(missed.labels["job"] == missed.labels["expectation"])
  }

  /// One name twice would make Prometheus refuse the page.
  @Test func namesThatLookTheSameAreOneSeries() throws {
    var snapshot = Snapshot()
    for (id, streams, rss) in [("i\u{1}", 3, Int64(7)), ("i\u{2}", 4, 9), ("j", 1, 1)] {
      var instance = TargetMemory.Instance()
      (instance.streams, instance.rssPeakBytes) = (streams, rss)
      snapshot.memory.instances[id] = instance
    }
    snapshot.counters.protocols = ["x\u{7}": 1, "x\u{8}": 2]
    let families = try Exposition(PrometheusFigures(snapshot).text()).families
    for family in families {
      #expect(Set(family.samples.map(\.series)).count == family.samples.count, "\(family.name) twice")
    }
    func values(_ name: String) -> [Double] { families.first { $0.name == name }?.samples.map(\.value) ?? [] }
    #expect(values("gzload_instance_streams_total") == [7, 1])
    #expect(values("gzload_instance_resident_memory_peak_bytes") == [9, 1])
    #expect(values("gzload_protocols_total") == [3])
  }

  /// Nobody's streams are told of an environment, whose work it counts itself.
  @Test func environmentsHaveInvocations() throws {
    let families = try Exposition(PrometheusFigures(RunReport(SampleResults.function)).text()).families
    func values(_ name: String) -> [Double] { families.first { $0.name == name }?.samples.map(\.value) ?? [] }
    #expect(values("gzload_instance_invocations_total") == [100, 100])
    #expect(values("gzload_instance_streams_total").isEmpty)
    #expect(values("gzload_instance_resident_memory_peak_bytes").count == 2)
  }

  @Test func manyInstancesAreBounded() throws {
    var snapshot = Snapshot()
    for number in 0..<1000 { snapshot.memory.instances["i\(number)"] = TargetMemory.Instance() }
    let families = try Exposition(PrometheusFigures(snapshot).text()).families
    let samples = families.first { $0.name == "gzload_instance_streams_total" }?.samples
    #expect(samples?.count == PrometheusFigures.maximumInstances)
  }
}

/// A strict reader of the text exposition format, 0.0.4.
private struct Exposition {
  struct Sample {
    var name: String
    var labels: [String: String]
    var value: Double
    var series: String
  }
  struct Family {
    var name: String
    var help: String
    var kind: String
    var samples: [Sample] = []
  }
  struct Wrong: Error { var line: String }

  private(set) var families: [Family] = []

  init(_ text: String) throws {
    var help: (name: String, text: String)?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
      if let match = line.wholeMatch(of: /# HELP ([a-z_]+) (.+)/) {
        guard help == nil else { throw Wrong(line: line) }
        help = (String(match.1), String(match.2))
      } else if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram|summary)/) {
        guard let known = help, known.name == match.1 else { throw Wrong(line: line) }
        families.append(Family(name: known.name, help: known.text, kind: String(match.2)))
        help = nil
      } else {
        guard help == nil else { throw Wrong(line: line) }
        try add(line)
      }
    }
  }

  private mutating func add(_ line: String) throws {
    let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(\{((?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)/
    guard let match = line.wholeMatch(of: pattern), let value = Double(match.4), value.isFinite, !families.isEmpty
    else {
      throw Wrong(line: line)
    }
    let family = families[families.count - 1]
    let name = String(match.1)
    let endings =
      ["histogram": ["_bucket", "_sum", "_count"], "summary": ["", "_sum", "_count"]][family.kind] ?? [""]
    guard endings.contains(where: { name == family.name + $0 }) else { throw Wrong(line: line) }
    var labels: [String: String] = [:]
    for label in String(match.3 ?? "").matches(of: /([a-z_]+)="((?:[^"\\]|\\.)*)"/) {
      guard labels[String(label.1)] == nil else { throw Wrong(line: line) }
      labels[String(label.1)] = Self.unescaped(String(label.2))
    }
    families[families.count - 1].samples.append(
      Sample(
        name: name, labels: labels, value: value, series: String(line.dropLast(match.4.count)))
    )
  }

  private static func unescaped(_ text: String) -> String {
    var (out, isEscaped) = ("", false)
    for character in text {
      if isEscaped {
        out.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        out.append(character)
      }
    }
    return out
  }
}
