/// The Prometheus text exposition format, version 0.0.4: families of samples, each with its help and type before it.
struct PrometheusText {
  enum Kind: String {
    case counter, gauge, histogram, summary
  }

  typealias Labels = [(name: String, value: String)]

  private(set) var text = ""
  /// Of every sample.
  private let labels: Labels

  init(labels: Labels = []) { self.labels = labels }

  /// One family; without samples it is left out.
  mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: Labels, value: Double)]) {
    guard !samples.isEmpty else { return }
    open(name, kind, help)
    for sample in samples { line(name, sample.labels, Self.number(sample.value)) }
  }

  mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
    if let value { family(name, kind, help, [([], value)]) }
  }

  /// Cumulative, with the bounds of `LatencyBuckets` in seconds: those of several testers can be added up.
  mutating func histogram(_ name: String, _ help: String, _ buckets: LatencyBuckets) {
    open(name, .histogram, help)
    var count: Int64 = 0
    for (index, inBucket) in buckets.counts.enumerated() {
      count &+= inBucket
      let isLast = index == LatencyBuckets.bounds.count
      line(name + "_bucket", [("le", isLast ? "+Inf" : LatencyBuckets.upperEnd(of: index))], String(count))
    }
    line(name + "_sum", [], Self.number(Double(buckets.sum) / 1e6))
    line(name + "_count", [], String(count))
  }

  mutating func summary(_ name: String, _ help: String, _ summary: Summary?) {
    guard let summary else { return }
    open(name, .summary, help)
    let ranks = [
      ("0.5", summary.p50), ("0.9", summary.p90), ("0.95", summary.p95), ("0.99", summary.p99),
      ("0.999", summary.p999),
    ]
    for (rank, value) in ranks { line(name, [("quantile", rank)], Self.number(value)) }
    line(name + "_sum", [], Self.number(summary.mean * Double(summary.count)))
    line(name + "_count", [], String(summary.count))
  }

  private mutating func open(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind.rawValue)\n"
  }

  private mutating func line(_ name: String, _ own: Labels, _ value: String) {
    let all = labels + own
    let list = all.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",")
    text += name + (all.isEmpty ? "" : "{\(list)}") + " " + value + "\n"
  }

  /// Whole numbers as such; anything that is no number is 0.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  /// What stays of a label's value when it is written: two that stay the same would be one series.
  static func shown(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += $1 == "\n" ? "\n" : ShownText.clean(String($1)) }
  }

  /// Backslashes and line feeds, and quotes in a label's value; other control characters are not shown.
  private static func escaped(_ text: String, quotes: Bool = false) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quotes: out += "\\\""
      default: out += ShownText.clean(String(scalar))
      }
    }
    return out
  }
}
