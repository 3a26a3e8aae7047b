/// What the bytes of a body proved to be. The raw value is the name in every report.
public enum Verdict: String, CaseIterable, Sendable {
  /// Every member inflates to its end and its CRC32 and ISIZE agree; nothing follows.
  case valid
  /// The gzip stream has no end: cut inside the deflate data or the trailer.
  case truncated
  case corruptCRC = "corrupt_crc"
  /// ISIZE disagrees with what was inflated.
  case corruptLength = "corrupt_length"
  /// The deflate data, or the member's header after the magic, cannot be decoded.
  case corruptData = "corrupt_data"
  /// `Content-Encoding: gzip`, but the body does not begin with a gzip member.
  case notGzip = "not_gzip"
  /// A whole gzip stream followed by bytes that belong to no member.
  case trailingData = "trailing_data"
  /// Somebody between the origin and here inflated the body.
  case decodedOnTheWay = "decoded_on_the_way"
  /// The gzip bytes arrived as base64 text.
  case base64Text = "base64_text"
  /// A Lambda response prelude (JSON and eight NULs) was passed on as body.
  case preludeLeaked = "prelude_leaked"
  /// A Lambda error trailer was written into the body.
  case inBandError = "in_band_error"
  /// No body bytes at all.
  case empty
  /// Nothing to judge: HEAD, 204, 304, 206, an error status, a body that never claimed gzip, or validation is off.
  case unchecked

  /// Whether a stream with this verdict counts as failed.
  public var isInvalid: Bool {
    switch self {
    case .valid, .unchecked, .empty: false
    default: true
    }
  }
}
