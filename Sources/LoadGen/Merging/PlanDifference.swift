internal import ToolSupport

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where the plans of two reports differ, by the names that the report itself uses, so that an option that is new in the
/// report is looked at without being named here.
struct PlanDifference: Equatable {
  /// Of an option, such as `expect.gzip`.
  var name: String
  /// As JSON; `none` where the report has no such option.
  var left: String
  var right: String

  var text: String { "\(name): \(left) and \(right)" }

  /// - Parameter ignoring: names, or beginnings of names, that may differ.
  static func between(_ left: RunReport, _ right: RunReport, ignoring: [String] = []) -> [PlanDifference] {
    let (first, second) = (flat(left.options), flat(right.options))
    return Set(first.keys).union(second.keys).sorted().compactMap { name in
      guard !ignoring.contains(where: name.hasPrefix), first[name] != second[name] else { return nil }
      return PlanDifference(name: name, left: shown(first[name]), right: shown(second[name]))
    }
  }

  /// Where two reports were judged by other measures, which `options` do not tell: thresholds, in whatever order, and what
  /// counts as a long wait.
  static func inJudging(_ left: RunReport, _ right: RunReport) -> [PlanDifference] {
    let (first, second) = (Set(left.thresholds.map(\.expression)), Set(right.thresholds.map(\.expression)))
    var differences: [PlanDifference] = []
    if first != second {
      let (one, other) = (first.subtracting(second).sorted(), second.subtracting(first).sorted())
      differences.append(PlanDifference(name: "threshold", left: only(one), right: only(other)))
    }
    for (name, limit) in [
      ("slow_start", \PauseEntry.slowStartLimitSeconds), ("silent_gap", \PauseEntry.silentGapLimitSeconds),
    ] where left.pauses[keyPath: limit] != right.pauses[keyPath: limit] {
      differences.append(
        PlanDifference(
          name: name, left: HumanText.duration(left.pauses[keyPath: limit]),
          right: HumanText.duration(right.pauses[keyPath: limit])))
    }
    return differences
  }

  /// Expressions that only one side has.
  private static func only(_ expressions: [String]) -> String {
    expressions.isEmpty ? "none more" : expressions.map { "'\(OptionText.shown($0))'" }.joined(separator: ", ")
  }

  private static func shown(_ text: String?) -> String { text.map { OptionText.shown($0) } ?? "none" }

  private static func flat(_ options: ReportOptions) -> [String: String] {
    guard let data = try? JSONEncoder().encode(options),
      let value = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return [:] }
    var out: [String: String] = [:]
    value.flatten("", into: &out)
    // A lab has other ports each time.
    if options.embedded != nil {
      out["urls"] = options.urls.map { "\"\(withoutHost($0))\"" }.joined(separator: ", ")
    }
    return out
  }

  private static func withoutHost(_ url: String) -> Substring {
    guard let scheme = url.firstRange(of: "://") else { return url[...] }
    let rest = url[scheme.upperBound...]
    return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
  }
}

/// Any JSON, to be looked at without knowing what it is.
private enum JSONValue: Decodable {
  case object([String: JSONValue])
  case list([JSONValue])
  case text(String)
  case number(Double)
  case flag(Bool)
  case nothing

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .nothing
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Lists stay whole: which URL is which says little where one more was added.
  func flatten(_ name: String, into out: inout [String: String]) {
    guard case .object(let members) = self else { return out[name] = line }
    for (key, value) in members { value.flatten(name.isEmpty ? key : "\(name).\(key)", into: &out) }
  }

  private var line: String {
    switch self {
    case .object(let members):
      "{" + members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.line)" }.joined(separator: ", ") + "}"
    case .list(let values): values.isEmpty ? "none" : values.map(\.line).joined(separator: ", ")
    case .text(let text): "\"\(text)\""
    case .number(let number): number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
    case .flag(let flag): "\(flag)"
    case .nothing: "none"
    }
  }
}
