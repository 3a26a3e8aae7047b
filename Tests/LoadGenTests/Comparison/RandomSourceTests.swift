import Testing

@testable import LoadGen

/// The draws have the means and spreads that their names promise, and are always the same.
@Suite struct RandomSourceTests {
  private func moments(_ draw: (inout RandomSource) -> Double) -> (mean: Double, variance: Double) {
    var random = RandomSource(seed: 1)
    let values = (0..<40_000).map { _ in draw(&random) }
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    return (mean, variance)
  }

  /// Within five standard errors of the mean, and a tenth of the variance.
  private func expect(_ mean: Double, _ variance: Double, _ draw: (inout RandomSource) -> Double) {
    let found = moments(draw)
    #expect(abs(found.mean - mean) <= 5 * (variance / 40_000).squareRoot(), "\(found)")
    #expect(abs(found.variance - variance) <= 0.1 * variance, "\(found)")
  }

  @Test func uniform() { expect(0.5, 1 / 12) { $0.uniform() } }
  @Test func normal() { expect(0, 1) { $0.normal() } }

  @Test(arguments: [0.5, 1, 3, 1000, 1e7]) func gamma(_ shape: Double) { expect(shape, shape) { $0.gamma(shape) } }

  @Test(arguments: [(0.5, 0.5), (0.5, 1000.5), (5, 2), (9_500_000, 500_001)]) func beta(_ a: Double, _ b: Double) {
    expect(a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1))) { $0.beta(a, b) }
  }

  @Test(arguments: [1.0, 4, 29]) func poisson(_ mean: Double) {
    let none = RandomSourceTests.exponential(-mean)
    expect(mean, mean) { $0.poisson(mean, none: none) }
  }

  @Test func isTheSameEachTime() {
    var (left, right, other) = (
      RandomSource(seed: 7, name: "a"), RandomSource(seed: 7, name: "a"), RandomSource(seed: 7, name: "b")
    )
    let draws = (0..<10).map { _ in left.next() }
    #expect(draws == (0..<10).map { _ in right.next() })
    #expect(draws != (0..<10).map { _ in other.next() })
    // SplitMix64's published first number for the seed 0.
    var zero = RandomSource(seed: 0)
    #expect(zero.next() == 0xE220_A839_7B1D_CDAF)
  }

  /// By its series, so that nothing here needs a C library.
  private static func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for step in 1..<400 {
      term *= -x / Double(step)
      sum += term
    }
    return 1 / sum
  }
}
