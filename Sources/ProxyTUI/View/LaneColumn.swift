/// A column of the stream table, placed.
struct LaneColumn: Equatable, Sendable {
  enum Kind: Sendable {
    case lane, stream, state, status, proto, progress, bytes, decoded, rate, trend, ttfb, gap, age, memory, streams,
      failed,
      badGateways, verdict, cause, instance, requestID, url
  }

  /// There is not room for everything on most screens.
  enum Choice: Sendable {
    /// How much came, and how fast.
    case figures
    /// Who served what.
    case origins
    /// The little that a watched target tells.
    case watched
  }

  var kind: Kind
  var title: String
  /// First cell.
  var start: Int
  var width: Int
  var rightAligned: Bool

  /// What a click on the title sorts by; nil for what has no order.
  var field: Field? {
    switch kind {
    case .lane: .lane
    case .stream: .stream
    case .state: .state
    case .status: .status
    case .proto: .proto
    case .bytes, .progress: .bytes
    case .decoded: .decoded
    case .rate, .trend: .rate
    case .ttfb: .ttfb
    case .gap: .gap
    case .age: .age
    case .memory: .memory
    case .streams: .streams
    case .failed: .failed
    case .badGateways: nil
    case .verdict: .verdict
    case .cause: .cause
    case .instance: .instance
    case .requestID: .request
    case .url: .url
    }
  }

  /// The columns of a table so many cells wide, one blank between them; the cause takes what is left.
  static func fit(_ columns: Int, singles: Bool = false, _ choice: Choice = .figures) -> [LaneColumn] {
    let specification: Specification =
      switch choice {
      case .figures: figures(columns)
      case .origins: origins(columns)
      case .watched: columns < 120 ? watchedNarrow : watchedWide
      }
    let own = specification.map { singles && choice != .watched ? single($0) : $0 }
    // After the cells of the selection and of the pin.
    var start = 2
    let taken = own.reduce(start) { $0 + $1.2 + 1 } - 1
    return own.map { kind, title, width, right in
      let column = LaneColumn(
        kind: kind, title: title, start: start, width: width > 0 ? width : max(0, columns - taken), rightAligned: right)
      start += column.width + 1
      return column
    }
  }

  private static func figures(_ columns: Int) -> Specification {
    switch columns {
    case ..<80: narrow
    case ..<120: standard
    case ..<160: wide
    case ..<220: wider
    default: widest
    }
  }

  private static func origins(_ columns: Int) -> Specification {
    switch columns {
    case ..<80: narrowOrigins
    case ..<120: standardOrigins
    case ..<160: wideOrigins
    default: widestOrigins
    }
  }

  private typealias Specification = [(Kind, String, Int, Bool)]

  /// What a column of lanes is in a table of single streams.
  private static func single(_ column: (Kind, String, Int, Bool)) -> (Kind, String, Int, Bool) {
    switch column.0 {
    case .lane: (.stream, column.2 < 6 ? "STRM" : "STREAM", column.2, true)
    case .failed: (.age, "TIME", max(5, column.2), true)
    case .streams: (.lane, "LANE", column.2, true)
    default: column
    }
  }

  /// What a watched target tells of its streams.
  private static let watchedNarrow: Specification = [
    (.lane, "ROW", 4, true), (.state, "STATE", 8, false), (.bytes, "SENT", 5, true), (.rate, "RATE", 7, true),
    (.age, "AGE", 5, true), (.memory, "HELD", 5, true), (.requestID, "REQUEST ID", 0, false),
  ]

  private static let watchedWide: Specification = [
    (.lane, "ROW", 6, true), (.state, "STATE", 9, false), (.bytes, "SENT", 6, true), (.rate, "RATE", 8, true),
    (.trend, "TREND", 8, false), (.age, "AGE", 6, true), (.memory, "HELD", 6, true),
    (.requestID, "REQUEST ID", 0, false),
  ]

  /// What a person came for stays longest: whether and why streams fail.
  private static let narrow: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.progress, "PROGRESS", 8, false),
    (.bytes, "WIRE", 5, true), (.rate, "RATE", 7, true), (.failed, "FAIL", 4, true),
    (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let standard: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.progress, "PROGRESS", 8, false),
    (.bytes, "WIRE", 5, true), (.rate, "RATE", 7, true), (.ttfb, "TTFB", 5, true), (.gap, "GAP", 5, true),
    (.memory, "MEM", 6, true), (.failed, "FAIL", 5, true), (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let wide: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true), (.proto, "VER", 3, true),
    (.progress, "PROGRESS", 12, false), (.bytes, "WIRE", 5, true), (.decoded, "GUNZIP", 6, true),
    (.rate, "RATE", 7, true), (.trend, "TREND", 6, false), (.ttfb, "TTFB", 5, true), (.gap, "GAP", 5, true),
    (.memory, "MEM", 6, true), (.failed, "FAIL", 5, true), (.badGateways, "502", 5, true),
    (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let wider: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true), (.proto, "PROTOCOL", 8, false),
    (.progress, "PROGRESS", 18, false), (.bytes, "WIRE", 6, true), (.decoded, "GUNZIP", 6, true),
    (.rate, "RATE", 7, true), (.trend, "TREND", 8, false), (.ttfb, "TTFB", 6, true), (.gap, "GAP", 6, true),
    (.memory, "MEM", 6, true), (.streams, "STREAMS", 7, true), (.failed, "FAILED", 6, true),
    (.badGateways, "502", 6, true),
    (.instance, "INSTANCE", 12, false), (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let widest: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true), (.proto, "PROTOCOL", 8, false),
    (.progress, "PROGRESS", 24, false), (.bytes, "WIRE", 6, true), (.decoded, "GUNZIP", 6, true),
    (.rate, "RATE", 8, true), (.trend, "TREND", 8, false), (.ttfb, "TTFB", 6, true), (.gap, "GAP", 6, true),
    (.memory, "MEM", 7, true), (.streams, "STREAMS", 8, true), (.failed, "FAILED", 6, true),
    (.badGateways, "502", 6, true),
    (.instance, "INSTANCE", 14, false), (.verdict, "VERDICT", 18, false), (.requestID, "REQUEST ID", 36, false),
    (.cause, "CAUSE", 0, false),
  ]

  // MARK: Who served what

  private static let narrowOrigins: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.proto, "VER", 3, true),
    (.decoded, "GUNZIP", 6, true), (.instance, "INSTANCE", 10, false), (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let standardOrigins: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.proto, "VER", 3, true),
    (.decoded, "GUNZIP", 6, true), (.trend, "TREND", 8, false), (.streams, "STREAMS", 7, true),
    (.badGateways, "502", 5, true), (.instance, "INSTANCE", 12, false), (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let wideOrigins: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true), (.proto, "VER", 3, true),
    (.streams, "STREAMS", 7, true), (.instance, "INSTANCE", 12, false), (.requestID, "REQUEST ID", 36, false),
    (.cause, "VERDICT OR CAUSE", 0, false),
  ]

  private static let widestOrigins: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true), (.proto, "VER", 3, true),
    (.streams, "STREAMS", 7, true), (.instance, "INSTANCE", 12, false), (.requestID, "REQUEST ID", 36, false),
    (.url, "URL", 44, false), (.cause, "VERDICT OR CAUSE", 0, false),
  ]
}
