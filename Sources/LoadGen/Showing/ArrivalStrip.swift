/// When the bytes of one body came: slots of equal length from the stream's start, whose length doubles when they are full.
/// Fixed memory, whatever a stream's length; an arrival costs an addition.
public struct ArrivalStrip: Sendable, Equatable {
  public static let slots = 64
  /// Microseconds of a slot at first.
  public static let firstLength: Int64 = 1000

  /// Microseconds that a slot lasts.
  public private(set) var slotLength = firstLength
  /// Body bytes that came in each slot, from the stream's start to the last arrival's; at most `slots`.
  public private(set) var bytes: [Int64] = []

  public init() {}

  /// - Parameters:
  ///   - count: of bytes.
  ///   - time: microseconds since the stream's start; what is before it counts as then.
  public mutating func add(_ count: Int64, at time: Int64) {
    let time = max(0, time)
    while time / slotLength >= Int64(Self.slots) { halve() }
    let slot = Int(time / slotLength)
    while bytes.count <= slot { bytes.append(0) }
    bytes[slot] &+= count
  }

  /// For another stream; keeps the memory, and has all that `add` will ever need.
  public mutating func reset() {
    slotLength = Self.firstLength
    bytes.removeAll(keepingCapacity: true)
    bytes.reserveCapacity(Self.slots)
  }

  /// Two slots become one.
  private mutating func halve() {
    for slot in 0..<(bytes.count + 1) / 2 {
      bytes[slot] = bytes[2 * slot] &+ (2 * slot + 1 < bytes.count ? bytes[2 * slot + 1] : 0)
    }
    bytes.removeLast(bytes.count / 2)
    slotLength &*= 2
  }
}
