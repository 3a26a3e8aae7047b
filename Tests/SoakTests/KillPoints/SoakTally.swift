/// What came out of all streams, by framing and kind of death.
struct SoakTally: Sendable {
  private struct Kind: Hashable { var framing: SoakCase.Framing, death: SoakCase.Death? }
  private var rows: [Kind: [String: Int]] = [:]
  private(set) var breaches: [SoakOutcome.Breach: Int] = [:]
  private(set) var count = 0
  /// The first breaches, with all it takes to run them again.
  private(set) var stories: [String] = []

  static let maximumStories = 20

  mutating func add(_ soak: SoakCase, _ outcome: SoakOutcome) {
    count += 1
    let column: String
    switch outcome {
    case .exact: column = "exact"
    case .failed(let sign): column = sign.rawValue
    case .broken(let breach, let what):
      column = "BREACH"
      breaches[breach, default: 0] += 1
      if stories.count < Self.maximumStories { stories.append("\(breach.rawValue) (\(what)): \(soak)") }
    }
    rows[Kind(framing: soak.framing, death: soak.death), default: [:]][column, default: 0] += 1
  }

  mutating func addWrongRequest(_ soak: SoakCase) {
    breaches[.wrongRequest, default: 0] += 1
    if stories.count < Self.maximumStories { stories.append("\(SoakOutcome.Breach.wrongRequest.rawValue): \(soak)") }
  }

  func total(_ column: String) -> Int { rows.values.reduce(0) { $0 + ($1[column] ?? 0) } }
  var exact: Int { total("exact") }
  var failed: Int { SoakOutcome.Sign.allCases.reduce(0) { $0 + total($1.rawValue) } }

  var table: String {
    let columns = ["exact"] + SoakOutcome.Sign.allCases.map(\.rawValue) + ["BREACH"]
    var text = Self.line("body ends by", "origin", columns)
    for framing in SoakCase.Framing.allCases {
      for death in [nil] + SoakCase.Death.allCases.map(Optional.some) {
        let row = rows[Kind(framing: framing, death: death)] ?? [:]
        text += Self.line(framing.rawValue, death?.rawValue ?? "lives", columns.map { "\(row[$0] ?? 0)" })
      }
    }
    text += Self.line("all", "", columns.map { "\(total($0))" })
    for breach in SoakOutcome.Breach.allCases { text += "\(breach.rawValue): \(breaches[breach] ?? 0)\n" }
    return text
  }

  private static func line(_ first: String, _ second: String, _ cells: [String]) -> String {
    first.padded(14) + second.padded(9) + cells.map { $0.padded(14, right: true) }.joined() + "\n"
  }
}

extension String {
  func padded(_ width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - count))
    return right ? space + self : self + space
  }
}
