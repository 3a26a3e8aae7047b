/// What is known of a failure beyond its cause: the extra parameters of RFC 9209 §2.3.
enum FailureDetail: Equatable, Sendable {
  case none
  /// The resolver's answer in DNS words, as far as the system tells it.
  case responseCode(String)
  /// The number of a TLS alert (RFC 8446 §6).
  case alert(Int)
  /// Bytes that a response may have here, and whose limit that is.
  case limit(Int64, of: String)
}
