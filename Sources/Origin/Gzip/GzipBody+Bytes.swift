internal import NIOCore

/// The bytes themselves: copied piece by piece, with the index written into each copy.
extension GzipBody {
  /// Appends the wire bytes of `range`, which must lie within the body.
  func append(_ range: Range<Int64>, to buffer: inout ByteBuffer) {
    var position = range.lowerBound
    while position < range.upperBound {
      let place = place(at: position)
      let count = Int(min(Int64(place.available), range.upperBound - position))
      append(place, count: count, to: &buffer)
      position += Int64(count)
    }
  }

  func bytes(_ range: Range<Int64>) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(capacity: Int(clamping: range.upperBound - range.lowerBound))
    append(range, to: &buffer)
    return buffer
  }

  private func append(_ place: Place, count: Int, to buffer: inout ByteBuffer) {
    switch place.part {
    case .header:
      buffer.writeBytes(MemberShape.header[place.offset..<place.offset + count])
    case .block:
      appendIndexed(template.wire, place, count: count, to: &buffer)
    case .tail:
      appendIndexed(place.shape.tail, place, count: count, to: &buffer)
    case .trailer:
      let trailer = place.shape.trailer(first: place.index, template: template)
      buffer.writeBytes(trailer[place.offset..<place.offset + count])
    }
  }

  private func appendIndexed(_ source: ByteBuffer, _ place: Place, count: Int, to buffer: inout ByteBuffer) {
    guard let piece = source.getSlice(at: source.readerIndex + place.offset, length: count) else { return }
    let start = buffer.writerIndex
    buffer.writeImmutableBuffer(piece)
    // A tail shorter than its index has fewer digits, and after them no digit but deflate's own bytes.
    let digits = place.part == .tail ? place.shape.tailDigits : BlockIndex.digitCount
    guard digits > 0 else { return }
    BlockIndex.patch(
      UInt32(clamping: place.index), into: &buffer, start: start, from: place.offset, count: count,
      digitsAt: BlockTemplate.wireDigitsOffset, digits: digits)
  }
}
