internal import NIOCore

/// What stands in for an empty body where a front would wait for its first byte for minutes: something that means nothing.
enum EmptyBody {
  /// A gzip member of nothing, which decodes to nothing (RFC 1952).
  private static let gzip = ByteBuffer(bytes: [31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  private static let line = ByteBuffer(staticString: "\n")

  /// Nil where a byte would be wrong: no body may be there, or its coding has no such form.
  static func sentinel(_ head: LambdaResponseHead, toHead: Bool) -> ByteBuffer? {
    guard head.mayHaveBody, !toHead else { return nil }
    switch head[.contentEncoding]?.lowercased() {
    case nil, "identity": return line
    case "gzip", "x-gzip": return gzip
    default: return nil
    }
  }
}
