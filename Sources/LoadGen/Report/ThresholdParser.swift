public import ToolSupport

/// Reads `--threshold`: `METRIC[{TAG}][:AGGREGATION] OPERATOR VALUE`, spaces wherever one likes.
///
/// Guarantees: what is accepted names a metric, a tag and an aggregation that exist, and a value in the metric's unit; all
/// else is refused with what was probably meant. A condition that nothing could ever fail is refused too.
struct ThresholdParser {
  static let example = "stream_ttfb:p(95) < 500ms"

  private let text: String

  static func parse(_ text: String) throws(ToolFailure) -> Threshold { try ThresholdParser(text: text).threshold() }

  private func threshold() throws(ToolFailure) -> Threshold {
    guard text.utf8.count <= 200 else { throw refusal("longer than 200 characters") }
    let bare = text.filter { !$0.isWhitespace }
    guard let start = bare.firstIndex(where: { "<>=!".contains($0) }) else {
      throw refusal("no operator; write it like '\(Self.example)'")
    }
    let rest = bare[start...]
    let sign = String(rest.prefix { "<>=!".contains($0) })
    let comparison = try comparison(sign)
    let value = String(rest.dropFirst(sign.count))
    guard !value.isEmpty else { throw refusal("no value after \(sign); write it like '\(Self.example)'") }
    let sides = bare[..<start].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (name, metric) = try metric(sides.first ?? "")
    let aggregation = try aggregation(sides.count == 2 ? sides[1] : nil, of: name)
    var threshold = Threshold(
      expression: "\(bare[..<start]) \(sign) \(value)", metric: metric, aggregation: aggregation,
      comparison: comparison, bound: 0)
    threshold.bound = try ThresholdValue(threshold.unit).parse(value) { refusal($0) }
    try refuseEmptyPromise(threshold)
    return threshold
  }

  private func refusal(_ reason: String) -> ToolFailure { OptionText.refusal("--threshold", text, reason) }
}

// MARK: - Its parts

extension ThresholdParser {
  private func comparison(_ sign: String) throws(ToolFailure) -> Threshold.Comparison {
    if let comparison = Threshold.Comparison(rawValue: sign) { return comparison }
    let meant = ["=": "==", "===": "==", "!": "!=", "!==": "!=", "=<": "<=", "=>": ">=", "<>": "!="][sign]
    let hint = meant.map { "did you mean \($0)?" } ?? "choose < <= > >= == or !="
    throw refusal("no operator \(sign); \(hint)")
  }

  private func metric(_ side: String) throws(ToolFailure) -> (ThresholdName, Threshold.Metric) {
    let word = String(side.prefix { $0 != "{" })
    guard let name = ThresholdName.find(word) else {
      guard !word.isEmpty else { throw refusal("no metric; write it like '\(Self.example)'") }
      throw refusal("no metric \(OptionText.shown(word)); \(suggestion(for: word))")
    }
    guard word.endIndex != side.endIndex else {
      guard let metric = name.metric(nil) else { throw refusal("\(word) needs a tag") }
      return (name, metric)
    }
    guard side.hasSuffix("}") else { throw refusal("no } after the tag") }
    let tag = String(side[word.endIndex...].dropFirst().dropLast())
    guard !name.tags.isEmpty else { throw refusal("\(word) has no tags; drop {\(OptionText.shown(tag))}") }
    if let metric = name.metric(tag) { return (name, metric) }
    let meant = NearestName.suggestion(for: tag, among: name.tags).map { "did you mean \($0)?" }
    throw refusal("no tag \(OptionText.shown(tag)); " + (meant ?? "choose \(Self.list(name.tags))"))
  }

  private func suggestion(for word: String) -> String {
    // What k6 and others call these.
    let elsewhere = [
      "http_req_failed": "stream_failed", "http_reqs": "streams", "http_req_duration": "stream_ttlb",
      "http_req_waiting": "stream_ttfb", "requests": "streams", "errors": "stream_failed", "ttfb": "stream_ttfb",
      "ttfh": "stream_ttfh", "ttlb": "stream_ttlb", "gap_max": "stream_gap_max", "throughput": "stream_throughput",
      "rss": "target_rss", "latency": "stream_ttlb", "failed": "stream_failed",
    ]
    if word.hasPrefix("http_"), elsewhere[word] == nil { return "http_400 to http_599 are counted" }
    if let meant = elsewhere[word] ?? NearestName.suggestion(for: word, among: ThresholdName.known) {
      return "did you mean \(meant)?"
    }
    return "there are \(Self.list(ThresholdName.known.filter { !$0.hasPrefix("http_") } + ["http_NNN"]))"
  }

  private func aggregation(_ word: String?, of name: ThresholdName) throws(ToolFailure) -> Threshold.Aggregation {
    let choices = name.kind.aggregations
    guard let word, !word.isEmpty else {
      if name.kind == .gauge, word == nil { return .value }
      let first = choices.first ?? "value"
      throw refusal("say what of \(name.name): \(Self.list(choices)), as in \(name.name):\(first)")
    }
    if name.kind == .gauge {
      guard word == "value" else { throw refusal("\(name.name) is one value; drop :\(OptionText.shown(word))") }
      return .value
    }
    if name.kind == .distribution, word.hasPrefix("p") { return try percentile(word) }
    let plain: [String: Threshold.Aggregation] = [
      "count": .count, "rate": .rate, "avg": .avg, "min": .min, "med": .med, "max": .max,
    ]
    if choices.contains(word), let aggregation = plain[word] { return aggregation }
    let elsewhere = ["mean": "avg", "median": "med", "average": "avg", "total": "count", "sum": "count"][word]
    let meant =
      (elsewhere.flatMap { choices.contains($0) ? $0 : nil })
      ?? NearestName.suggestion(for: word, among: choices)
    let hint = meant.map { "did you mean \($0)?" } ?? "choose \(Self.list(choices))"
    throw refusal("\(name.name) has no \(OptionText.shown(word)); \(hint)")
  }

  private func percentile(_ word: String) throws(ToolFailure) -> Threshold.Aggregation {
    let digits = word.dropFirst().filter { $0 != "(" && $0 != ")" }
    guard let rank = Double(digits), rank > 0, rank <= 100, digits.utf8.allSatisfy({ $0 != UInt8(ascii: "e") }) else {
      throw refusal("\(OptionText.shown(word)): write a percentile like p(95), from above 0 to 100")
    }
    guard word == "p(\(digits))" else { throw refusal("did you mean p(\(digits))?") }
    return .percentile(rank)
  }

  /// Nothing is below zero and no share above one: such a condition would pass for ever, or never.
  private func refuseEmptyPromise(_ threshold: Threshold) throws(ToolFailure) {
    let bound = threshold.bound
    let isWhole = threshold.unit == .share && bound == 1
    switch threshold.comparison {
    case .greaterOrEqual where bound == 0, .lessOrEqual where isWhole:
      throw refusal("always holds, so it tests nothing")
    case .less where bound == 0, .greater where isWhole: throw refusal("can never hold")
    default: break
    }
  }

  private static func list(_ words: [String]) -> String {
    words.count < 2
      ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }
}

extension Threshold {
  /// - Throws: `usage`, one line that says what was probably meant.
  public static func parse(_ text: String) throws(ToolFailure) -> Threshold { try ThresholdParser.parse(text) }
}
