/// What `--expect…` asks of every stream.
public struct Expectations: Sendable {
  /// `--expect gzip`: a 2xx GET must bring gzip, or it was decoded on the way.
  public var gzip = false
  /// Accepted statuses; default 200…399.
  public var statuses: [ClosedRange<Int>] = [200...399]
  /// One of the field's values must be this one; an empty value asks for the field's presence alone.
  public var headers: [(name: String, value: String)] = []
  /// Of the body as it arrived, lower-case hexadecimal.
  public var sha256: String?
  /// Of the body as it arrived.
  public var length: Int64?
  /// Of what the gzip body inflates to, lower-case hexadecimal.
  public var decodedSHA256: String?
  /// Of what the gzip body inflates to.
  public var decodedLength: Int64?

  public init() {}

  /// Whether `--expect-status` was given, and not what is good anyhow.
  public var asksForStatus: Bool { statuses != [200...399] }

  public func accepts(status: Int) -> Bool { statuses.contains { $0.contains(status) } }

  /// Whether something is asked that only an inflated body can answer.
  public var needsInflating: Bool { gzip || decodedSHA256 != nil || decodedLength != nil }
}
