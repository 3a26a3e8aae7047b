/// A name and its secret, which no report and no message shows.
public struct Credentials: Sendable, Equatable, CustomStringConvertible {
  public var user: String
  public var password: String

  public init(user: String, password: String) {
    self.user = user
    self.password = password
  }

  public var description: String { "\(user):***" }
}
