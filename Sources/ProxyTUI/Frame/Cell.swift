/// One place on the screen: a scalar and the role it plays, in four bytes, so that frames compare as fast as memory does.
///
/// The scalar's number is in the low 24 bits, the role in the high 8: exactly what `cterm_put` takes. A scalar of 0 is the
/// right half of the wide scalar before it.
struct Cell: Equatable, Sendable {
  let bits: UInt32

  init(_ scalar: Unicode.Scalar, _ role: Role) { bits = scalar.value | UInt32(role.rawValue) << 24 }

  private init(bits: UInt32) { self.bits = bits }

  static func rightHalf(_ role: Role) -> Cell { Cell(bits: UInt32(role.rawValue) << 24) }

  static let blank = Cell(" ", .text)

  /// Nil for a right half.
  var scalar: Unicode.Scalar? {
    let value = bits & 0xffffff
    return value == 0 ? nil : Unicode.Scalar(value)
  }

  var isRightHalf: Bool { bits & 0xffffff == 0 }
  var role: Role { Role(rawValue: UInt8(truncatingIfNeeded: bits >> 24)) ?? .text }
}
