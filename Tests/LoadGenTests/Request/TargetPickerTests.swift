import Testing

@testable import LoadGen

@Suite struct TargetPickerTests {
  @Test func withoutWeightsInTurn() {
    for weights in [[1, 1, 1], [5, 5, 5]] {
      let picker = TargetPicker(weights: weights, seed: 9)
      #expect((1...7).map(picker.target) == [0, 1, 2, 0, 1, 2, 0])
    }
    #expect(TargetPicker(weights: [], seed: 0).target(of: 5) == 0)
    #expect(TargetPicker(weights: [7], seed: 0).target(of: 5) == 0)
  }

  @Test(arguments: [[3, 1], [1, 2, 4], [1000, 1, 7], [2, 2, 4], [1, 999]], [UInt64(0), 1, .max])
  func everyBlockHasTheExactShares(_ weights: [Int], _ seed: UInt64) {
    let picker = TargetPicker(weights: weights, seed: seed)
    let block = weights.reduce(0, +)
    for start in [0, block, 1000 * block] {
      var counts = [Int](repeating: 0, count: weights.count)
      for stream in start + 1...start + block { counts[picker.target(of: stream)] += 1 }
      #expect(counts == weights)
    }
  }

  @Test func blocksAreShuffledAnewAndBySeed() {
    func order(_ seed: UInt64, _ block: Int) -> [Int] {
      let picker = TargetPicker(weights: [30, 70], seed: seed)
      return (1...100).map { picker.target(of: block * 100 + $0) }
    }
    #expect(order(1, 0) == order(1, 0))
    #expect(order(1, 0) != order(1, 1))
    #expect(order(1, 0) != order(2, 0))
    // Not in runs: sorted there would be one change.
    let changes = zip(order(1, 0), order(1, 0).dropFirst()).count { $0 != $1 }
    #expect(changes > 20)
  }
}
