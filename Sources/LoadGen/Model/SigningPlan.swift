/// That every request is signed with AWS Signature Version 4, by whom and for what.
public struct SigningPlan: Sendable, Equatable {
  /// The access key's id and its secret.
  public var credentials: Credentials
  /// Of temporary credentials; sent and signed as `x-amz-security-token`.
  public var sessionToken: String?
  /// Nil is read off each target's host.
  public var region: String?
  public var service: String?

  public init(credentials: Credentials) { self.credentials = credentials }
}
