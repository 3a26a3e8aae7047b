/// Why bytes are not a head that may be acted on. The same names serve both directions; `ProxyCause` says what each
/// means on which side.
enum HeadFault: Error, Equatable, Sendable {
  /// Not the grammar of RFC 9112.
  case malformed
  /// The start line is longer than its limit.
  case startLineTooLong
  /// The fields together are longer than their limit, or too many.
  case fieldsTooLarge
  case unsupportedMethod
  case unsupportedVersion
}

/// How much of a head is looked at before it is refused.
struct HeadLimits: Sendable, Equatable {
  /// Bytes of the start line, without its line end.
  var startLine = 8 * 1024
  /// Bytes of all field lines with their line ends.
  var fieldBytes = 64 * 1024
  var fieldCount = 128
}
