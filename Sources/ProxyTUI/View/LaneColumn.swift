/// A column of the lane table, placed.
struct LaneColumn: Equatable, Sendable {
  enum Field: Sendable {
    case lane, state, status, progress, bytes, rate, ttfb, memory, streams, badGateways, invalid, cause, stream,
      requestID
  }

  var field: Field
  var title: String
  /// First cell.
  var start: Int
  var width: Int
  var rightAligned: Bool

  /// The columns of a table so many cells wide, one blank between them; the cause takes what is left.
  static func fit(_ columns: Int) -> [LaneColumn] {
    let specification: [(Field, String, Int, Bool)] =
      switch columns {
      case ..<80: narrow
      case ..<120: standard
      case ..<160: wide
      default: widest
      }
    var start = 0
    return specification.map { field, title, width, right in
      let column = LaneColumn(
        field: field, title: title, start: start, width: width > 0 ? width : max(0, columns - start),
        rightAligned: right)
      start += column.width + 1
      return column
    }
  }

  private typealias Specification = [(Field, String, Int, Bool)]

  /// What a person came for stays longest: whether and why streams fail.
  private static let narrow: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.progress, "PROGRESS", 8, false),
    (.bytes, "BYTES", 5, true), (.badGateways, "502", 3, true), (.invalid, "INV", 3, true), (.cause, "CAUSE", 0, false),
  ]

  private static let standard: Specification = [
    (.lane, "LANE", 5, true), (.state, "S", 1, false), (.status, "ST", 3, true), (.progress, "PROGRESS", 8, false),
    (.bytes, "BYTES", 5, true), (.rate, "RATE", 7, true), (.ttfb, "TTFB", 5, true), (.memory, "MEM", 6, true),
    (.streams, "STRMS", 5, true), (.badGateways, "502", 3, true), (.invalid, "INV", 3, true),
    (.cause, "CAUSE", 0, false),
  ]

  private static let wide: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true),
    (.progress, "PROGRESS", 18, false), (.bytes, "BYTES", 6, true), (.rate, "RATE", 8, true), (.ttfb, "TTFB", 6, true),
    (.memory, "MEM", 7, true), (.streams, "STREAMS", 7, true), (.badGateways, "502", 4, true),
    (.invalid, "INV", 4, true), (.cause, "LAST CAUSE", 0, false),
  ]

  private static let widest: Specification = [
    (.lane, "LANE", 6, true), (.state, "STATE", 9, false), (.status, "HTTP", 4, true),
    (.progress, "PROGRESS", 30, false), (.bytes, "BYTES", 6, true), (.rate, "RATE", 8, true), (.ttfb, "TTFB", 6, true),
    (.memory, "MEM", 7, true), (.streams, "STREAMS", 8, true), (.badGateways, "502", 6, true),
    (.invalid, "INVALID", 7, true), (.stream, "STREAM", 8, true), (.requestID, "REQUEST ID", 36, false),
    (.cause, "LAST CAUSE", 0, false),
  ]
}
