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
}
