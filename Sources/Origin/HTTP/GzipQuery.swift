internal import ToolSupport

/// What `/gzip/SIZE?…` asks for, with every parameter checked against its limits.
struct GzipQuery: Equatable, Sendable {
  var recipe: GzipRecipe
  var framing = Framing.length
  /// Whether the query names the framing, or it is the default.
  var framingIsNamed = false
  /// Bytes of data in a chunk: 1 … 16 MiB.
  var chunk = 32 * 1024
  /// Bytes of the wire body a second, nil for as fast as it goes.
  var pace: Int64?
  /// Before the head; at most five minutes.
  var delay = TimeSpan(nanoseconds: 0)
  var fault: Fault?

  static let chunkLimit: Int64 = 16 << 20
  static let delayLimit = TimeSpan.seconds(300)
  static let parameterNames = ["framing", "chunk", "pace", "delay", "ratio", "members", "seed", "fault"]

  static func parse(size: String, parameters: [(name: String, value: String)]) throws(Problem) -> GzipQuery {
    guard let bytes = ByteSize(argument: size)?.bytes, bytes <= GzipRecipe.sizeLimit else {
      throw .bad("/gzip/\(size): SIZE must be a decoded size from 0 to 1TiB, such as 64KiB, 8MiB or 5GiB")
    }
    var query = GzipQuery(recipe: GzipRecipe(size: bytes))
    var seen: Set<String> = []
    for (name, value) in parameters {
      guard seen.insert(name).inserted else { throw .bad("\(name): must be given only once") }
      try query.set(name, value)
    }
    try query.checkCombination()
    return query
  }

  private mutating func set(_ name: String, _ value: String) throws(Problem) {
    switch name {
    case "framing":
      guard let framing = Framing(rawValue: value) else {
        throw .bad("framing=\(value): must be length, chunked or close")
      }
      self.framing = framing
      framingIsNamed = true
    case "chunk":
      chunk = Int(clamping: try Self.size(name, value, 1...Self.chunkLimit, "1 to 16MiB"))
    case "pace":
      pace = try Self.size(name, value, 1...GzipRecipe.sizeLimit, "1 to 1TiB (a second)")
    case "delay":
      guard let span = TimeSpan(argument: value), span.nanoseconds <= Self.delayLimit.nanoseconds else {
        throw .bad("delay=\(value): must be a time with a unit from 0 to 5m, such as 200ms")
      }
      delay = span
    case "fault":
      fault = try Fault.parse(value)
    default:
      try setRecipe(name, value)
    }
  }

  private mutating func setRecipe(_ name: String, _ value: String) throws(Problem) {
    switch name {
    case "ratio":
      guard let hundredths = Self.hundredths(value), GzipRecipe.ratioLimits.contains(hundredths) else {
        throw .bad("ratio=\(value): must be a number from 1 to 200 with at most two decimals")
      }
      recipe.ratioHundredths = hundredths
    case "members":
      guard let members = Int64(value), (1...GzipRecipe.memberLimit).contains(members) else {
        throw .bad("members=\(value): must be a whole number from 1 to 1000")
      }
      recipe.members = members
    case "seed":
      guard let seed = UInt64(value) else {
        throw .bad("seed=\(value): must be a whole number from 0 to 18446744073709551615")
      }
      recipe.seed = seed
    default:
      throw .bad("\(name): unknown parameter; there are \(Self.parameterNames.joined(separator: ", "))")
    }
  }

  private func checkCombination() throws(Problem) {
    switch (fault?.name, framing) {
    case (.shortLength, .chunked), (.shortLength, .close):
      throw .bad(
        "fault=short_length with framing=\(framing.rawValue): there is no Content-Length to be wrong; use length")
    case (.lengthAndChunked, .close):
      throw .bad("fault=length_and_chunked with framing=close: it is a framing of its own; leave framing out")
    case (.lengthAndChunked, .length) where framingIsNamed:
      throw .bad("fault=length_and_chunked with framing=length: it is a framing of its own; leave framing out")
    default: break
    }
  }

  private static func size(
    _ name: String, _ value: String, _ limits: ClosedRange<Int64>, _ words: String
  ) throws(Problem) -> Int64 {
    guard let size = ByteSize(argument: value)?.bytes, limits.contains(size) else {
      throw .bad("\(name)=\(value): must be a size from \(words)")
    }
    return size
  }

  /// `4`, `1.5` or `1.25` in hundredths.
  private static func hundredths(_ text: String) -> Int? {
    let sides = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = sides.first, (1...4).contains(whole.count), sides.count == 1 || (1...2).contains(sides[1].count)
    else { return nil }
    let fraction = sides.count == 2 ? String(sides[1]) : ""
    let digits = String(whole) + fraction + String(repeating: "0", count: 2 - fraction.count)
    return digits.utf8.allSatisfy { (48...57).contains($0) } ? Int(digits) : nil
  }
}
