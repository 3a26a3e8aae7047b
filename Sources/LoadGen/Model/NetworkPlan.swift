/// How a run reaches its targets. Everything that is nil or empty is libcurl's own way; nothing is taken from the
/// environment.
public struct NetworkPlan: Sendable, Equatable {
  /// Which addresses a name may have.
  public enum Addresses: String, Sendable {
    case any
    case ipv4
    case ipv6
  }

  /// `[scheme://][user:password@]host[:port]`.
  public var proxy: String?
  /// PEM: who may have signed the target's certificate, instead of the system's list.
  public var authorities: String?
  /// PEM: what the tester shows of itself.
  public var certificate: String?
  /// PEM; nil is in the file of the certificate.
  public var key: String?
  /// Instead of host and port, which are still what the request says.
  public var unixSocket: String?
  /// `HOST:PORT:HOST2:PORT2`, as curl has it.
  public var connectTo: [String] = []
  /// `HOST:PORT:ADDRESS[,ADDRESS]`, as curl has it.
  public var resolve: [String] = []
  public var addresses = Addresses.any

  /// On http:// known beforehand, on https:// negotiated; another version fails the stream.
  public var usesHTTP2 = false
  /// Of an HTTP/2 connection, at the same time.
  public var streamsPerConnection = 100
  /// Whether a connection serves one stream after the other.
  public var keepsConnections = true
  /// At most ten in a row.
  public var followsRedirects = false

  public init() {}

  /// The same versions and limits, over connections as they are by default.
  var withoutRoute: NetworkPlan {
    var plan = NetworkPlan()
    plan.usesHTTP2 = usesHTTP2
    plan.streamsPerConnection = streamsPerConnection
    plan.keepsConnections = keepsConnections
    plan.followsRedirects = followsRedirects
    return plan
  }
}
