/// What `--expect…` asks of every stream.
public struct Expectations: Sendable {
  /// `--expect gzip`: a 2xx GET must bring gzip, or it was decoded on the way.
  public var gzip = false
  /// Accepted statuses; default 200…399.
  public var statuses: [ClosedRange<Int>] = [200...399]
  public var headers: [(name: String, value: String)] = []
  /// Of the body as it arrived, lower-case hexadecimal.
  public var sha256: String?
  /// Of the body as it arrived.
  public var length: Int64?

  public init() {}

  public func accepts(status: Int) -> Bool { statuses.contains { $0.contains(status) } }
}
