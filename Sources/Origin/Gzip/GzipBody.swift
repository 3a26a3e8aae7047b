internal import NIOCore

/// A gzip body of any size that exists only as a rule: every byte of it can be had by its position.
///
/// ```
/// member │ member │ …          members of two sizes at most: the longer ones first
/// member = header │ block 0 │ block 1 │ … │ tail │ trailer
/// ```
/// The length is known in closed form, any range costs what its own bytes cost, and a body holds some 32 KiB whether it is
/// a kilobyte or a terabyte long. A value that never changes: any thread may read it.
struct GzipBody: Sendable {
  let recipe: GzipRecipe
  let template: BlockTemplate
  private let long: MemberShape
  private let short: MemberShape
  private let longCount: Int64
  /// Wire bytes.
  let length: Int64

  /// Costs up to two compressions of at most 64 KiB: not for an event loop.
  init(_ recipe: GzipRecipe, template: BlockTemplate) throws {
    self.recipe = recipe
    self.template = template
    let share = recipe.size / recipe.members
    longCount = recipe.size % recipe.members
    short = try MemberShape(decodedLength: share, template: template)
    long = longCount == 0 ? short : try MemberShape(decodedLength: share + 1, template: template)
    length = longCount * long.wireLength + (recipe.members - longCount) * short.wireLength
  }

  /// Strong (RFC 9110 §8.8.3): names everything that the bytes depend on, zlib's own choices included.
  var entityTag: String {
    let r = recipe
    return "\"gz-\(r.size)-\(r.ratioHundredths)-\(r.members)-\(r.seed)-\(String(template.wireCRC, radix: 16))\""
  }

  /// Where a position of the wire bytes falls.
  struct Place {
    enum Part { case header, block, tail, trailer }
    var part: Part
    /// How far into the part.
    var offset: Int
    /// Wire bytes of the part from here to its end.
    var available: Int
    /// The index of the block or tail; the member's first index in its header and trailer.
    var index: Int64
    /// In a block: how many whole blocks begin at its beginning, this one included.
    var blocksLeft: Int64 = 0
    var shape: MemberShape
  }

  /// - Parameter position: 0 ..< length.
  func place(at position: Int64) -> Place {
    let (member, offset) = member(at: position)
    let shape = member.shape
    let first = member.firstIndex
    let headerLength = Int64(MemberShape.header.count)
    if offset < headerLength { return part(.header, at: offset, of: headerLength, index: first, shape) }
    let inBlocks = offset - headerLength
    if inBlocks < shape.blocksWireLength {
      let size = Int64(template.wireLength)
      let block = inBlocks / size
      var place = part(.block, at: inBlocks % size, of: size, index: first + block, shape)
      place.blocksLeft = shape.blocks - block
      return place
    }
    let inTail = inBlocks - shape.blocksWireLength
    let tailLength = Int64(shape.tail.readableBytes)
    if inTail < tailLength { return part(.tail, at: inTail, of: tailLength, index: first + shape.blocks, shape) }
    return part(.trailer, at: inTail - tailLength, of: Int64(MemberShape.trailerLength), index: first, shape)
  }

  /// Whether a body cut off here would be a shorter, but valid, gzip body.
  func isMemberBoundary(_ position: Int64) -> Bool {
    position > 0 && position < length && member(at: position).offset == 0
  }

  private func part(
    _ part: Place.Part, at offset: Int64, of length: Int64, index: Int64, _ shape: MemberShape
  ) -> Place {
    Place(part: part, offset: Int(offset), available: Int(length - offset), index: index, shape: shape)
  }

  private func member(at position: Int64) -> (member: (shape: MemberShape, firstIndex: Int64), offset: Int64) {
    let longLength = longCount * long.wireLength
    if position < longLength {
      let number = position / long.wireLength
      return ((long, number * long.indexes), position % long.wireLength)
    }
    let rest = position - longLength
    let number = rest / short.wireLength
    return ((short, longCount * long.indexes + number * short.indexes), rest % short.wireLength)
  }
}
