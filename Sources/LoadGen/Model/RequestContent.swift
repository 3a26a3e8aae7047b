/// What a request sends as its body.
public enum RequestContent: Sendable, Equatable {
  /// The same bytes for every request, held once.
  case bytes([UInt8])
  /// A file, read anew by every request as it is sent; `length` is its size when the plan was made.
  case file(path: String, length: Int64)

  public var length: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(_, let length): length
    }
  }
}
