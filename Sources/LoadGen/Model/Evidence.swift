/// The proof kept of a failed stream: the first few of each kind of failure, never all of them.
public struct Evidence: Sendable, Equatable {
  /// Bytes of body kept from its beginning and from its end.
  public static let headLimit = 256
  public static let tailLimit = 16
  /// Pieces kept for each kind of failure.
  public static let perKind = 3

  /// Number of the stream in the run, from 1.
  public var stream: Int
  /// What carried it; nil where nobody said.
  public var lane: Int?
  public var url: String
  /// `truncated`, `reset`, `status 502`, `expectation …`: what made it a failure.
  public var outcome: String
  public var cause: FailureCause?
  public var status: Int
  public var headers: [ResponseHead.Field]
  public var bodyHead: [UInt8]
  public var bodyTail: [UInt8]
  /// One line: what it means and what to look at.
  public var advice: String

  public init(
    stream: Int, lane: Int? = nil, url: String, outcome: String, cause: FailureCause?, status: Int,
    headers: [ResponseHead.Field], bodyHead: [UInt8], bodyTail: [UInt8], advice: String
  ) {
    self.stream = stream
    self.lane = lane
    self.url = url
    self.outcome = outcome
    self.cause = cause
    self.status = status
    self.headers = headers
    self.bodyHead = bodyHead
    self.bodyTail = bodyTail
    self.advice = advice
  }
}
