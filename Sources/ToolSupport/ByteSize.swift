public import ArgumentParser

/// A number of bytes as people write it: `64KiB`, `8MiB`, `5GiB`, `1.5MB`, `4096`.
///
/// Binary units (KiB, MiB, GiB, TiB) are powers of 1024, decimal ones (kB, MB, GB, TB) of 1000; a bare number is bytes,
/// and a bare `K`, `M` or `G` is binary, as in most tools that take sizes.
public struct ByteSize: Sendable, Hashable, ExpressibleByArgument {
  /// Never negative.
  public let bytes: Int64

  public init(bytes: Int64) { self.bytes = max(0, bytes) }

  /// Nil when the text is not a size, is negative, or does not fit in 63 bits.
  public init?(argument text: String) {
    guard let (number, unit) = splitNumber(text) else { return nil }
    let factor: Double
    switch unit.lowercased() {
    case "", "b": factor = 1
    case "k", "kib": factor = 1024
    case "m", "mib": factor = 1_048_576
    case "g", "gib": factor = 1_073_741_824
    case "t", "tib": factor = 1_099_511_627_776
    case "kb": factor = 1e3
    case "mb": factor = 1e6
    case "gb": factor = 1e9
    case "tb": factor = 1e12
    default: return nil
    }
    let product = (number * factor).rounded()
    guard let bytes = Int64(exactly: product) else { return nil }
    self.bytes = bytes
  }

  public var defaultValueDescription: String { HumanText.exactSize(bytes) }
}

/// Splits `12.5MiB` into 12.5 and `MiB`. Nil when there is no leading number or it is negative.
func splitNumber(_ text: String) -> (number: Double, unit: Substring)? {
  let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
  guard !digits.isEmpty, digits.count <= 20, let number = Double(digits), number.isFinite else { return nil }
  return (number, text[digits.endIndex...])
}
