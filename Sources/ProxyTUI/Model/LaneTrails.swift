internal import LoadGen

/// The rates of each lane over the last seconds, for the sparklines: eight half seconds of 32 bytes a lane.
struct LaneTrails: Sendable {
  static let length = 8

  private var rates: [SIMD8<Float>] = []

  /// Twice a second, for every lane.
  mutating func add(_ lanes: [LaneSnapshot], rate: (LaneSnapshot) -> Double) {
    while rates.count < lanes.count { rates.append(.zero) }
    if rates.count > lanes.count { rates.removeLast(rates.count - lanes.count) }
    for index in lanes.indices {
      var trail = rates[index]
      for place in 0..<Self.length - 1 { trail[place] = trail[place + 1] }
      trail[Self.length - 1] = Float(max(0, rate(lanes[index])))
      rates[index] = trail
    }
  }

  /// The oldest first; zeros for a lane that is not known.
  func trail(lane: Int) -> SIMD8<Float> { rates.indices.contains(lane) ? rates[lane] : .zero }

  mutating func removeAll() { rates = [] }
}
