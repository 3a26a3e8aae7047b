/// Which target a stream asks for. Pure: a function of the seed and the stream's number in the whole plan, so that shards
/// and threads agree without asking each other.
///
/// Without weights targets are taken in turn. With weights, each block of as many streams as the weights sum up to has
/// every target exactly as often as it weighs, in an order that is shuffled anew for each block. Costs: nothing is kept
/// but the running sums; a pick is a few multiplications and a binary search.
struct TargetPicker: Sendable {
  private let count: Int
  private let seed: UInt64
  /// Running sums of the weights; empty when all are the same.
  private let ends: [Int]
  /// Half of the bits that number a block's streams.
  private let halfBits: UInt64

  /// - Parameter weights: of the targets, in their order; each at least 1.
  init(weights: [Int], seed: UInt64) {
    count = max(1, weights.count)
    self.seed = seed
    let divisor = max(1, weights.reduce(0, Self.commonDivisor))
    var sum = 0
    let sums = weights.map { weight in
      sum = sum &+ max(1, weight / divisor)
      return sum
    }
    ends = sum > weights.count ? sums : []
    let bits = UInt64(Int.bitWidth - max(1, sum &- 1).leadingZeroBitCount)
    halfBits = (bits &+ 1) / 2
  }

  /// - Parameter stream: from 1.
  func target(of stream: Int) -> Int {
    let index = max(0, stream &- 1)
    guard let total = ends.last else { return index % count }
    let place = shuffled(UInt64(index % total), block: UInt64(index / total), total: UInt64(total))
    return firstEnd(beyond: Int(clamping: place))
  }

  /// A permutation of the block: a Feistel network on the next even number of bits, applied until the result is inside.
  /// It is inside at the latest when the walk is back at its start.
  private func shuffled(_ place: UInt64, block: UInt64, total: UInt64) -> UInt64 {
    let key = StreamRandom.mix(seed &+ StreamRandom.mix(block &+ 1))
    var place = place
    repeat { place = permuted(place, key) } while place >= total
    return place
  }

  private func permuted(_ value: UInt64, _ key: UInt64) -> UInt64 {
    let mask = (UInt64(1) << halfBits) &- 1
    var (left, right) = (value >> halfBits, value & mask)
    for round in UInt64(1)...6 {
      (left, right) = (right, left ^ (StreamRandom.mix(key &+ round &* 0x9E37_79B9_7F4A_7C15 &+ right) & mask))
    }
    return left << halfBits | right
  }

  private func firstEnd(beyond place: Int) -> Int {
    var (low, high) = (0, ends.count &- 1)
    while low < high {
      let middle = (low &+ high) / 2
      if ends[middle] > place { high = middle } else { low = middle &+ 1 }
    }
    return low
  }

  private static func commonDivisor(_ first: Int, _ second: Int) -> Int {
    var (first, second) = (first, second)
    while second != 0 { (first, second) = (second, first % second) }
    return first
  }
}
