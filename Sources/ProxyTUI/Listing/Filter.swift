internal import ToolSupport

/// What a person typed after `/`: the same grammar for every table.
///
///     reset                 some text of the row contains it, whatever the case
///     cause:timeout         that field contains it; a|b is either
///     status>=500           also = != < <= >; sizes (1MiB) and times (250ms) as the tools' options take them
///     !valid                not
///     status=502 !env-1     all of them
struct Filter: Equatable, Sendable {
  /// Longer than anybody types.
  static let limit = 200

  struct Term: Equatable, Sendable {
    enum Test: Equatable, Sendable {
      /// Lower-case alternatives.
      case contains([String])
      case compares(Comparison, Double)
      case equals([String])
    }
    enum Comparison: String, Sendable, CaseIterable {
      // The longer ones first: they are looked for in this order.
      case atLeast = ">="
      case atMost = "<="
      case differs = "!="
      case more = ">"
      case less = "<"
      case equals = "="
    }

    /// Nil is any text of the row.
    var field: Field?
    var test: Test
    var isNegated = false
  }

  private(set) var terms: [Term] = []

  var isEmpty: Bool { terms.isEmpty }

  init() {}

  /// What is wrong with a text, in a few words that say the way out.
  struct Fault: Error, Equatable {
    var text: String
  }

  init(_ text: String) throws(Fault) {
    for word in text.prefix(Self.limit).split(separator: " ") { terms.append(try Self.term(String(word))) }
  }

  func matches(_ row: some Listed) -> Bool { terms.allSatisfy { $0.matches(row) } }

  // MARK: - Reading

  private static func term(_ word: String) throws(Fault) -> Term {
    var rest = Substring(word)
    let isNegated = rest.hasPrefix("!") && rest.count > 1
    if isNegated { rest = rest.dropFirst() }
    guard let (name, operation, value) = split(rest) else {
      return Term(field: nil, test: .contains(alternatives(rest)), isNegated: isNegated)
    }
    guard let field = Field(rawValue: name.lowercased()) else {
      throw Fault(text: "no field “\(name)”; there are \(fieldNames)")
    }
    guard !value.isEmpty else { throw Fault(text: "\(name)\(operation): a value is missing") }
    return Term(field: field, test: try test(field, operation, value), isNegated: isNegated)
  }

  /// `status>=500` in three; nil for a bare word. What begins with an operator or has no name before it is one.
  private static func split(_ word: Substring) -> (name: String, operation: String, value: Substring)? {
    guard let mark = word.firstIndex(where: { ":<>=!".contains($0) }), mark > word.startIndex else { return nil }
    let name = word[..<mark]
    guard name.allSatisfy({ $0.isASCII && $0.isLetter }) else { return nil }
    let operators = [":"] + Term.Comparison.allCases.map(\.rawValue)
    guard let operation = operators.first(where: { word[mark...].hasPrefix($0) }) else { return nil }
    // A URL is no field: http://…
    guard !(operation == ":" && word[mark...].hasPrefix("://")) else { return nil }
    return (String(name), operation, word[mark...].dropFirst(operation.count))
  }

  private static func test(_ field: Field, _ operation: String, _ value: Substring) throws(Fault) -> Term.Test {
    guard let comparison = Term.Comparison(rawValue: operation) else { return .contains(alternatives(value)) }
    if let number = number(String(value)) { return .compares(comparison, number) }
    switch comparison {
    case .equals: return .equals(alternatives(value))
    default:
      throw Fault(text: "\(field.rawValue)\(operation)\(value): compare with a number, a size (1MiB) or a time (250ms)")
    }
  }

  /// A plain number, a size in bytes, or a time in seconds.
  private static func number(_ text: String) -> Double? {
    if let plain = Double(text), plain.isFinite { return plain }
    if let size = ByteSize(argument: text) { return Double(size.bytes) }
    return TimeSpan(argument: text)?.seconds
  }

  private static func alternatives(_ text: Substring) -> [String] {
    let parts = text.lowercased().split(separator: "|").map(String.init)
    return parts.isEmpty ? [text.lowercased()] : parts
  }

  private static let fieldNames = Field.allCases.map(\.rawValue).joined(separator: " ")
}

extension Filter.Term {
  func matches(_ row: some Listed) -> Bool { isMatch(row) != isNegated }

  private func isMatch(_ row: some Listed) -> Bool {
    guard let field else { return row.words.contains { passes(row.value($0)) } }
    return passes(row.value(field))
  }

  /// What a row does not have passes nothing.
  private func passes(_ value: FieldValue?) -> Bool {
    guard let value else { return false }
    switch (test, value) {
    case (.contains(let wanted), _):
      let text = Self.text(value)
      return wanted.contains { FoldedSearch.contains(text, $0) }
    case (.equals(let wanted), _): return wanted.contains(Self.text(value).lowercased())
    case (.compares(let comparison, let number), .number(let own)): return comparison.holds(own, number)
    case (.compares(let comparison, let number), .text(let text)):
      // A name may look like a number; only sameness can be asked of it.
      guard comparison == .equals || comparison == .differs else { return false }
      return (Double(text) == number) == (comparison == .equals)
    }
  }

  private static func text(_ value: FieldValue) -> String {
    switch value {
    case .text(let text): text
    case .number(let number): Int64(exactly: number).map(String.init) ?? String(number)
    }
  }
}

extension Filter.Term.Comparison {
  fileprivate func holds(_ left: Double, _ right: Double) -> Bool {
    switch self {
    case .atLeast: left >= right
    case .atMost: left <= right
    case .differs: left != right
    case .more: left > right
    case .less: left < right
    case .equals: left == right
    }
  }
}
