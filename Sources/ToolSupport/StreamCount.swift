public import ArgumentParser

/// How many streams: `200`, `10k`, `1m` (thousands and millions, as in oha and hey).
public struct StreamCount: Sendable, Hashable, ExpressibleByArgument {
  /// At least 1.
  public let value: Int

  /// Nil when the text is not a whole positive number of streams.
  public init?(argument text: String) {
    guard let (number, unit) = splitNumber(text) else { return nil }
    let factor: Double
    switch unit.lowercased() {
    case "": factor = 1
    case "k": factor = 1e3
    case "m": factor = 1e6
    default: return nil
    }
    guard let value = Int(exactly: number * factor), value >= 1, value <= 1_000_000_000_000 else { return nil }
    self.value = value
  }

  public var defaultValueDescription: String { String(value) }
}
