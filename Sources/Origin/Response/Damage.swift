internal import NIOCore

/// What a fault makes of a range of a body: the table of all of them.
struct Damage {
  var segments: [Segment]
  var stopAfter: Int64?
  var ending = ResponsePlan.Ending.clean
  /// How much more than is there Content-Length promises.
  var extraLength: Int64 = 0
  var lengthAndChunked = false
  var contentType = "application/octet-stream"
  /// False where a range lies beyond the place of the fault.
  var isApplied = true

  /// How much more `short_length` promises.
  static let missingBytes: Int64 = 1024
  static let jsonText = "{\"message\":\"This is JSON text. Its Content-Encoding says gzip.\"}\n"
  static let garbage = "These bytes follow the last gzip member and belong to nothing.\n"

  /// - Throws: a 400 when the fault's position is not in the body.
  static func make(_ fault: Fault?, body: GzipBody, range: Range<Int64>, framing: Framing) throws(Problem) -> Damage {
    let whole = Segment.gzip(body, range)
    guard let fault else { return Damage(segments: [whole], isApplied: false) }
    let length = body.length
    switch fault.name {
    case .crc: return Damage(segments: flipped(body, at: length - 8, mask: 1))
    case .isize: return Damage(segments: flipped(body, at: length - 4, mask: 1))
    case .bitflip:
      let place = vulnerable(body, from: try position(fault, in: body, endAllowed: false))
      return Damage(segments: flipped(body, at: place.position, mask: place.mask))
    case .truncate:
      let end = try position(fault, in: body, endAllowed: false)
      return Damage(segments: [.gzip(body, 0..<(body.isMemberBoundary(end) ? end + 1 : end))])
    case .noTrailer: return Damage(segments: [.gzip(body, 0..<length - 8)])
    case .cut, .reset, .stall:
      let stop = try position(
        fault, in: body, endAllowed: framing == .chunked || (framing == .close && fault.name != .cut))
      let endsWithin = stop < range.upperBound || (stop == length && range.upperBound == length)
      guard endsWithin, range.lowerBound < stop || range.lowerBound == 0 else {
        return Damage(segments: [whole], isApplied: false)
      }
      return Damage(segments: [whole], stopAfter: stop - range.lowerBound, ending: ending(fault.name))
    case .shortLength: return Damage(segments: [whole], ending: .fin, extraLength: missingBytes)
    case .notGzip: return Damage(segments: [.text(jsonText)], contentType: "application/json")
    case .trailing: return Damage(segments: [whole, .text(garbage)])
    case .lengthAndChunked: return Damage(segments: [whole], lengthAndChunked: true)
    }
  }

  private static func ending(_ name: Fault.Name) -> ResponsePlan.Ending {
    switch name {
    case .cut: .fin
    case .reset: .reset
    default: .stall
    }
  }

  /// - Parameter endAllowed: whether stopping after the last byte is still a fault, for want of a last chunk.
  private static func position(_ fault: Fault, in body: GzipBody, endAllowed: Bool) throws(Problem) -> Int64 {
    let offset = fault.offset(in: body.length)
    let last = endAllowed ? body.length : body.length - 1
    guard offset <= last else {
      throw .bad(
        "fault=\(fault.name.rawValue): POSITION is byte \(offset), must be 0…\(last): the body has \(body.length)")
    }
    return offset
  }

  private static func flipped(_ body: GzipBody, at position: Int64, mask: UInt8) -> [Segment] {
    var byte = body.bytes(position..<position + 1)
    let value = byte.getInteger(at: byte.readerIndex, as: UInt8.self) ?? 0
    byte.setInteger(value ^ mask, at: byte.readerIndex)
    return [.gzip(body, 0..<position), .bytes(byte), .gzip(body, position + 1..<body.length)]
  }

  /// The first bit at or after a position (or else the last before it) that no inflater can overlook.
  ///
  /// A bit in the middle of compressed data may go unnoticed: a match may be copied from another, equal place. But a
  /// stored block's LEN must be the complement of its NLEN, and every block begins with one. Where the body is too
  /// small to have one, deflate's block type becomes the reserved one.
  private static func vulnerable(_ body: GzipBody, from position: Int64) -> (position: Int64, mask: UInt8) {
    var position = position
    while position < body.length {
      let place = body.place(at: position)
      if place.offset == 0, place.part == .block || place.part == .tail { return vulnerableBit(place, at: position) }
      position += Int64(place.available)
    }
    let trailer = body.length - Int64(MemberShape.trailerLength)
    let tailEnd = body.place(at: trailer - 1)
    let start = trailer - 1 - Int64(tailEnd.offset)
    return vulnerableBit(body.place(at: start), at: start)
  }

  private static func vulnerableBit(_ place: GzipBody.Place, at position: Int64) -> (position: Int64, mask: UInt8) {
    let isStored = place.part == .block || !place.shape.tailDecoded.isEmpty
    return isStored ? (position + 3, 1) : (position, 4)
  }
}
