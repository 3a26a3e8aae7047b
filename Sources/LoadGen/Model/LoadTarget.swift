/// One thing that streams ask for: a URL, and what it alone needs. What all requests share is the plan's.
public struct LoadTarget: Sendable, Equatable {
  /// Checked, without a fragment; may hold templates such as `{seq}`.
  public var url: String
  /// Nil is the plan's.
  public var method: String?
  /// `Name: value`, added to the plan's; a name that both have is the target's.
  public var headers: [String] = []
  /// Nil is the plan's.
  public var body: RequestContent?
  /// Its share of the streams in relation to the others' weights; at least 1.
  public var weight = 1

  public init(url: String) { self.url = url }
}
