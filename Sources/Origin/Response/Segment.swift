internal import NIOCore

/// A piece of a body as it is sent: a range of the gzip body, or bytes of their own.
enum Segment: Sendable {
  case gzip(GzipBody, Range<Int64>)
  case bytes(ByteBuffer)

  static func text(_ text: String) -> Segment { .bytes(ByteBuffer(string: text)) }

  var length: Int64 {
    switch self {
    case .gzip(_, let range): range.upperBound - range.lowerBound
    case .bytes(let buffer): Int64(buffer.readableBytes)
    }
  }
}
