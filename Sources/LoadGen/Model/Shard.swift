/// The part of a plan that one of several processes does: streams `index`, `index + count`, … of the whole plan, and its
/// share of the lanes. All of them together do what one process without a shard does.
public struct Shard: Sendable, Equatable {
  /// From 1.
  public var index: Int
  public var count: Int

  public init(index: Int, count: Int) {
    self.index = index
    self.count = count
  }

  /// Its part of `total` things that go round the shards, one each: the parts of all shards add up to `total`.
  public func share(of total: Int) -> Int {
    guard count > 0, total >= index else { return 0 }
    return (total &- index) / count &+ 1
  }
}

extension Shard: CustomStringConvertible {
  /// As it is typed: `2/8`.
  public var description: String { "\(index)/\(count)" }
}
