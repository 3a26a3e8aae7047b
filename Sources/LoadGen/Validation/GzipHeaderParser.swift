/// Reads the header of one gzip member (RFC 1952 §2.3), a byte at a time, so that any split of the input gives the same
/// answer.
///
/// Guarantees: strict where zlib is (method 8, no reserved flags, FHCRC checked). Why our own: ISA-L 2.30 rejects valid
/// headers with FHCRC when the input is split inside them, and ignores reserved flags. Costs: no memory whatever the
/// header holds, since extra field, name and comment are passed over and never kept; their length needs no limit for it.
struct GzipHeaderParser {
  enum Action: Equatable {
    case more
    /// This byte was the header's last.
    case done
    case invalid(Fault)
  }

  enum Fault: Equatable {
    /// The first two bytes are not 1f 8b: no member begins here.
    case magic
    case method
    case reservedFlags
    case headerChecksum
  }

  /// What the next byte is, in the order of the format.
  private enum Field: Int, Comparable {
    case magic1
    case magic2
    case method
    case flags
    /// MTIME, XFL and OS: `remaining` bytes of no interest.
    case fixed
    case extraLength1
    case extraLength2
    case extra
    case name
    case comment
    case checksum1
    case checksum2

    static func < (left: Field, right: Field) -> Bool { left.rawValue < right.rawValue }
  }

  private var field = Field.magic1
  private var flags: UInt8 = 0
  private var remaining = 0
  /// Running CRC-32 of the header, inverted; kept only when FHCRC is set.
  private var crc: UInt32 = 0
  private var expected: UInt8 = 0

  /// Whether 1f 8b was seen: from here on it is a member, good or bad.
  private(set) var isMember = false

  mutating func receive(_ byte: UInt8) -> Action {
    if flags & Flag.headerChecksum != 0, field != .checksum1, field != .checksum2 { updateCRC(byte) }
    switch field {
    case .magic1:
      guard byte == 0x1f else { return .invalid(.magic) }
      field = .magic2
    case .magic2:
      guard byte == 0x8b else { return .invalid(.magic) }
      isMember = true
      field = .method
    case .method:
      guard byte == 8 else { return .invalid(.method) }
      field = .flags
    case .flags: return begin(flags: byte)
    case .fixed, .extra: return skip()
    case .extraLength1:
      remaining = Int(byte)
      field = .extraLength2
    case .extraLength2:
      remaining |= Int(byte) << 8
      field = .extra
      if remaining == 0 { return next(after: .extra) }
    case .name, .comment:
      if byte == 0 { return next(after: field) }
    case .checksum1:
      expected = byte
      field = .checksum2
    case .checksum2:
      let value = UInt16(expected) | UInt16(byte) << 8
      return value == UInt16(truncatingIfNeeded: ~crc) ? .done : .invalid(.headerChecksum)
    }
    return .more
  }

  private mutating func begin(flags byte: UInt8) -> Action {
    guard byte & Flag.reserved == 0 else { return .invalid(.reservedFlags) }
    flags = byte
    if flags & Flag.headerChecksum != 0 {
      crc = ~0
      updateCRC(0x1f)
      updateCRC(0x8b)
      updateCRC(8)
      updateCRC(byte)
    }
    field = .fixed
    remaining = 6
    return .more
  }

  private mutating func skip() -> Action {
    remaining -= 1
    return remaining == 0 ? next(after: field) : .more
  }

  /// Goes to the next field that the flags announce.
  private mutating func next(after done: Field) -> Action {
    if done < .extra, flags & Flag.extra != 0 {
      field = .extraLength1
    } else if done < .name, flags & Flag.name != 0 {
      field = .name
    } else if done < .comment, flags & Flag.comment != 0 {
      field = .comment
    } else if flags & Flag.headerChecksum != 0 {
      field = .checksum1
    } else {
      return .done
    }
    return .more
  }

  private mutating func updateCRC(_ byte: UInt8) {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb8_8320 }
  }

  private enum Flag {
    static let headerChecksum: UInt8 = 1 << 1
    static let extra: UInt8 = 1 << 2
    static let name: UInt8 = 1 << 3
    static let comment: UInt8 = 1 << 4
    static let reserved: UInt8 = 0b1110_0000
  }
}
