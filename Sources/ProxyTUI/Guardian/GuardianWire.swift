/// What the dashboard tells its guardian over the life pipe: frames of a tag, a length of two bytes (low first) and so many
/// bytes. At most 1 KiB each, far below what a pipe takes in one piece.
enum GuardianWire {
  static let armTag = UInt8(ascii: "A")
  static let disarmTag = UInt8(ascii: "D")
  static let limit = 1024

  /// From now on, at the pipe's end: write `leave` to the terminal and give it `settings`.
  static func arm(settings: [UInt8], leave: [UInt8]) -> [UInt8] {
    let payload = length(settings.count) + settings + leave
    guard payload.count <= limit else { return disarm }
    return [armTag] + length(payload.count) + payload
  }

  /// The terminal has been given back: at the pipe's end, do nothing.
  static let disarm: [UInt8] = [disarmTag, 0, 0]

  private static func length(_ count: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: count), UInt8(truncatingIfNeeded: count >> 8)]
  }
}

/// What the guardian knows. A frame that is not whole at the pipe's end was never said.
struct GuardianState: Equatable, Sendable {
  struct Restoration: Equatable, Sendable {
    var settings: [UInt8]
    var leave: [UInt8]
  }

  /// What to do at the pipe's end; nil is nothing.
  private(set) var restoration: Restoration?
  private var pending: [UInt8] = []
  /// After a frame that nobody sends nothing is believed any more: better a raw terminal than one with junk on it.
  private var broken = false

  mutating func receive(_ bytes: [UInt8]) {
    guard !broken else { return }
    pending += bytes
    while pending.count >= 3 {
      let count = Int(pending[1]) | Int(pending[2]) << 8
      guard count <= GuardianWire.limit else { return giveUp() }
      guard pending.count >= 3 + count else { return }
      take(tag: pending[0], payload: Array(pending[3..<3 + count]))
      if broken { return }
      pending.removeFirst(3 + count)
    }
  }

  private mutating func take(tag: UInt8, payload: [UInt8]) {
    switch tag {
    case GuardianWire.disarmTag: restoration = nil
    case GuardianWire.armTag:
      guard payload.count >= 2 else { return giveUp() }
      let count = Int(payload[0]) | Int(payload[1]) << 8
      guard payload.count >= 2 + count else { return giveUp() }
      restoration = Restoration(settings: Array(payload[2..<2 + count]), leave: Array(payload[(2 + count)...]))
    default: giveUp()
    }
  }

  private mutating func giveUp() {
    broken = true
    restoration = nil
    pending = []
  }
}
