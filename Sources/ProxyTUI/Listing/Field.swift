/// What a row of a table has: named alike in filters, in column headers' tooltips and in every table.
enum Field: String, CaseIterable, Sendable {
  case lane, stream, url, state, status
  case proto = "protocol"
  case bytes, decoded, rate, ttfb, gap, age, memory, verdict, transport, cause, instance, request, streams, failed,
    invalid
  // Of environments.
  case active, limit, rss, peak, restarts, pid
  // Of failures and of the log.
  case kind, count, first, last, time, text

  /// Whether larger is more interesting, so that sorting begins with it.
  var isDescendingFirst: Bool {
    switch self {
    case .bytes, .decoded, .rate, .ttfb, .gap, .age, .memory, .streams, .failed, .invalid, .active, .rss, .peak,
      .restarts,
      .count, .last:
      true
    default: false
    }
  }
}

/// What a row says of a field.
enum FieldValue: Equatable, Sendable {
  case number(Double)
  case text(String)

  /// Numbers before texts; used by sorting only.
  static func isLess(_ left: FieldValue, _ right: FieldValue) -> Bool {
    switch (left, right) {
    case (.number(let one), .number(let other)): one < other
    case (.text(let one), .text(let other)): one < other
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}

/// A row of a table: what can be filtered and sorted.
protocol Listed {
  /// Nil for what this row does not have, now or ever.
  func value(_ field: Field) -> FieldValue?
  /// What a bare word of a filter is looked for in.
  var words: [Field] { get }
}
