internal import NIOCore

/// Turns segments into the bytes that follow the head, a bounded piece at a time. Pure: it knows no channel and no clock.
///
/// Without chunks the pieces are the segments' own bytes, whole slabs reused where that is possible. With chunks every piece
/// is framed in a buffer of its own: `size CRLF data CRLF …`, sizes counted against the whole body, so that a body which stops
/// early stops in the middle of a chunk.
struct BodyStream {
  private var segments: [Segment]
  private var current = 0
  /// How far into the current segment.
  private var position: Int64 = 0
  private var slab: SlabReader?
  private let chunk: Int?
  private var leftInChunk: Int64 = 0
  /// Of the whole body, whether it is sent to its end or not.
  private var left: Int64
  /// Until the body stops.
  private var leftToSend: Int64
  private let stopsEarly: Bool
  private var isEnded = false

  /// - Parameters:
  ///   - chunk: bytes of data in a chunk; nil for a body without chunks.
  ///   - stopAfter: stop after that many bytes of the segments, without the end that the framing asks for.
  init(_ segments: [Segment], chunk: Int?, stopAfter: Int64? = nil) {
    self.segments = segments
    self.chunk = chunk
    left = segments.reduce(0) { $0 + $1.length }
    stopsEarly = stopAfter != nil
    leftToSend = min(left, stopAfter ?? left)
  }

  /// At most `limit` bytes of data, and at most `SlabReader.limit`, and (in chunks) their framing; nil when there is no more.
  mutating func next(limit: Int) -> ByteBuffer? {
    let limit = max(1, min(limit, SlabReader.limit))
    if let chunk { return nextChunks(limit: limit, chunk: Int64(chunk)) }
    guard leftToSend > 0 else { return nil }
    return take(Int(min(leftToSend, Int64(limit))))
  }

  private mutating func nextChunks(limit: Int, chunk: Int64) -> ByteBuffer? {
    guard !isEnded else { return nil }
    var out = ByteBufferAllocator().buffer(capacity: Int(min(Int64(limit), leftToSend)) + 64)
    var taken = 0
    // Data alone would let chunks of one byte grow to six times the limit.
    while leftToSend > 0, taken < limit, out.readableBytes < SlabReader.limit {
      if leftInChunk == 0 {
        leftInChunk = min(chunk, left)
        out.writeString(String(leftInChunk, radix: 16) + "\r\n")
      }
      let count = Int(min(leftInChunk, leftToSend, Int64(limit - taken)))
      appendData(count, to: &out)
      taken += count
      leftInChunk -= Int64(count)
      if leftInChunk == 0 { out.writeStaticString("\r\n") }
    }
    if leftToSend == 0 {
      isEnded = true
      if !stopsEarly { out.writeStaticString("0\r\n\r\n") }
    }
    return out.readableBytes > 0 ? out : nil
  }

  private mutating func appendData(_ count: Int, to out: inout ByteBuffer) {
    var wanted = count
    while wanted > 0, current < segments.count {
      let piece = Int(min(Int64(wanted), segments[current].length - position))
      switch segments[current] {
      case .gzip(let body, let range):
        let start = range.lowerBound + position
        body.append(start..<start + Int64(piece), to: &out)
      case .bytes(let buffer):
        out.writeImmutableBuffer(buffer.getSlice(at: buffer.readerIndex + Int(position), length: piece) ?? ByteBuffer())
      }
      advance(by: piece)
      wanted -= piece
    }
  }

  /// Up to `limit` bytes from one segment.
  private mutating func take(_ limit: Int) -> ByteBuffer? {
    while current < segments.count, segments[current].length == position { nextSegment() }
    guard current < segments.count else { return nil }
    let piece: ByteBuffer
    switch segments[current] {
    case .gzip(let body, let range):
      var reader = slab ?? SlabReader(body)
      // Moved out and back: a second owner of the slab would make each change in place a copy.
      slab = nil
      let start = range.lowerBound + position
      piece = reader.read(start..<min(range.upperBound, start + Int64(limit)), limit: limit)
      slab = reader
    case .bytes(let buffer):
      let count = min(limit, buffer.readableBytes - Int(position))
      piece = buffer.getSlice(at: buffer.readerIndex + Int(position), length: count) ?? ByteBuffer()
    }
    advance(by: piece.readableBytes)
    return piece
  }

  private mutating func advance(by count: Int) {
    position += Int64(count)
    left -= Int64(count)
    leftToSend -= Int64(count)
    while current < segments.count, segments[current].length == position { nextSegment() }
  }

  private mutating func nextSegment() {
    current += 1
    position = 0
    slab = nil
  }
}
