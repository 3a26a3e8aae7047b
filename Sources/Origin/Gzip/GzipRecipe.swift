/// All that the bytes of a body depend on. Two equal recipes make equal bytes.
struct GzipRecipe: Hashable, Sendable {
  /// Decoded bytes, over all members: 0 … 1 TiB.
  var size: Int64
  /// The wanted compression ratio in hundredths: 100 … 20000.
  var ratioHundredths: Int
  /// Gzip members, 1 … 1000. They share the size evenly; the first ones are a byte longer where it does not divide.
  var members: Int64
  var seed: UInt64

  init(size: Int64, ratioHundredths: Int = 400, members: Int64 = 1, seed: UInt64 = 0) {
    self.size = size
    self.ratioHundredths = ratioHundredths
    self.members = members
    self.seed = seed
  }

  static let sizeLimit: Int64 = 1 << 40
  static let ratioLimits = 100...20_000
  static let memberLimit: Int64 = 1000
}
