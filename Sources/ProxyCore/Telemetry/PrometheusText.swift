internal import NIOCore

/// Writes the Prometheus text format, version 0.0.4. Pure.
struct PrometheusText {
  static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  enum Kind: String { case counter, gauge, histogram }

  /// The name of a metric, what it is, and its samples in `body`.
  mutating func family(_ name: String, _ kind: Kind, _ help: String, _ body: (inout PrometheusText) -> Void) {
    text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
    body(&self)
  }

  mutating func counter(_ name: String, _ help: String, _ value: Int64) {
    family(name, .counter, help) { $0.sample(name, String(value)) }
  }

  mutating func counter<Label: MetricLabel>(
    _ name: String, _ help: String, by label: String, _ counts: CountsBy<Label>, of labels: [Label]
  ) {
    family(name, .counter, help) { text in
      for value in labels { text.sample(name, String(counts[value]), [(label, value.label)]) }
    }
  }

  mutating func gauge(_ name: String, _ help: String, _ value: String) {
    family(name, .gauge, help) { $0.sample(name, value) }
  }

  mutating func gauge(_ name: String, _ help: String, _ value: Int64) { gauge(name, help, String(value)) }

  mutating func histogram(_ name: String, _ help: String, _ values: LatencyHistogram) {
    family(name, .histogram, help) { text in
      var sum: Int64 = 0
      for (bound, count) in zip(LatencyHistogram.bounds, values.counts) {
        sum &+= count
        text.sample("\(name)_bucket", String(sum), [("le", Self.seconds(bound.nanoseconds))])
      }
      text.sample("\(name)_bucket", String(values.count), [("le", "+Inf")])
      text.sample("\(name)_sum", Self.seconds(values.sumNanoseconds))
      text.sample("\(name)_count", String(values.count))
    }
  }

  mutating func sample(_ name: String, _ value: String, _ labels: [(name: String, value: String)] = []) {
    text += name
    if !labels.isEmpty {
      text += "{" + labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }.joined(separator: ",") + "}"
    }
    text += " \(value)\n"
  }

  static func seconds(_ nanoseconds: Int64) -> String { "\(Double(nanoseconds) / 1e9)" }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quotes: out += "\\\""
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
