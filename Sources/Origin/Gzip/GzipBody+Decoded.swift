/// What a body decodes to, for the front that decodes on the way. Only for bodies that fit in memory.
extension GzipBody {
  /// The decoded bytes of all members.
  func decoded() -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(Int(clamping: recipe.size))
    var position: Int64 = 0
    while position < length {
      let place = place(at: position)
      switch place.part {
      case .block: append(template.decoded, index: place.index, to: &text)
      case .tail: append(place.shape.tailDecoded, index: place.index, to: &text)
      case .header, .trailer: break
      }
      position += Int64(place.available)
    }
    return text
  }

  private func append(_ piece: [UInt8], index: Int64, to text: inout [UInt8]) {
    let start = text.count + BlockIndex.digitsOffset
    text += piece
    for place in 0..<BlockIndex.digitCount where start + place < text.count {
      text[start + place] = BlockIndex.digit(place, of: UInt32(clamping: index))
    }
  }
}
