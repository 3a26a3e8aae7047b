internal import NIOCore
internal import NIOPosix

/// Everything that `gzproxy serve` was told, as one value. Nothing else reads arguments or the environment.
public struct ProxyConfiguration: Sendable {
  public var listen: HostAndPort
  /// Nil: no admin listener.
  public var adminListen: HostAndPort?
  /// Nil: nothing is forwarded, every path but the reserved ones is 404.
  public var upstream: UpstreamTarget?
  /// `hello` and `stats` on the main listener, and the `x-gzproxy-…` fields on every response.
  public var telemetry = false
  /// Event loops; at least 1.
  public var threads: Int
  public var via = true
  /// SO_RCVBUF of upstream connections, bytes.
  public var upstreamReceiveBuffer = 2_097_152
  /// SO_SNDBUF of client connections, bytes.
  public var clientSendBuffer = 2_097_152
  public var relay = RelayMode.auto
  /// PEM file of the authorities that upstream certificates are checked against; nil is the system's.
  public var certificateAuthorities: String?
  /// What the upstream reads in `Host`.
  public var hostPolicy = HostPolicy.rewrite
  /// Peers whose own `Forwarded` and `X-Forwarded-…` are kept and added to; everyone else's are replaced.
  public var trustedProxies: [AddressRange] = []
  /// A client's `X-Request-Id` is kept when it is safe to print; otherwise every id is made here.
  public var acceptsRequestID = true
  /// `Server-Timing` on every response.
  public var serverTiming = false
  /// Error responses say what failed where. They then name the upstream to whoever asks.
  public var errorDetails = false
  public var accessLog = AccessLogSettings()
  public var limits = ProxyLimits()
  /// Near it new streams are refused.
  public var memoryLimit = MemoryLimit.auto
  /// Open descriptors the process may have; nil is no guard.
  public var descriptorLimit: Int?

  /// Never connected to, whatever name leads there: who could make the proxy ask the Runtime API could read and answer
  /// everybody's invocations.
  var prohibited: RuntimeAddress?

  /// Resolves the upstream's name; nil is the system's resolver. Tests give another.
  var resolver: (any Resolver & Sendable)?

  /// The clock of all time limits. Tests give another, so that they need not wait.
  var clock: @Sendable () -> NIODeadline = { .now() }

  public init(listen: HostAndPort, upstream: UpstreamTarget?, threads: Int = 1) {
    self.listen = listen
    self.upstream = upstream
    self.threads = max(1, threads)
  }
}

/// The limits, all written down in one place. A duration of zero switches that limit off.
public struct ProxyLimits: Sendable {
  /// Bytes of a request line or status line.
  public var requestLine = 8 * 1024
  /// Bytes of all header fields of a message.
  public var headerBytes = 64 * 1024
  public var headerCount = 128
  /// A request head, from its first byte (or the connection's start) to its last.
  public var clientHead = Duration.seconds(10)
  /// An idle client connection between requests.
  public var clientIdle = Duration.seconds(75)
  /// Silence inside a request body.
  public var clientBody = Duration.seconds(30)
  /// A client that takes nothing of a response.
  public var clientWrite = Duration.seconds(60)
  /// Bytes a second that a client must send of a body within `clientBody`, or take of what waits within `clientWrite`, on
  /// average over that time; 0 is no limit.
  public var clientRate: Int64 = 100
  /// Bytes of a request body (413 beyond); 0 is no limit.
  public var requestBody: Int64 = 0
  /// Client connections from one address; 0 is no limit.
  public var connectionsPerClient = 0
  /// Connection and TLS handshake together.
  public var upstreamConnect = Duration.seconds(5)
  /// From the whole request to the response's head.
  public var upstreamHead = Duration.seconds(60)
  /// Silence inside a response body.
  public var upstreamBody = Duration.seconds(60)
  /// Bytes a second that an upstream must send within `upstreamBody`, on average over that time; 0 is no limit.
  public var upstreamRate: Int64 = 0
  /// How long a response head waits for the first byte of its body, so that an upstream that dies in between is told as
  /// such; 0 passes heads on at once.
  public var holdHead = Duration.zero
  /// An upstream that takes nothing of a request body.
  public var upstreamWrite = Duration.seconds(30)
  /// An idle pooled connection; below what origins keep (Node 5 s).
  public var upstreamIdle = Duration.seconds(4)
  /// Requests on one upstream connection, and its age, after which it is not used again; 0 is no limit.
  public var upstreamRequests = 1000
  public var upstreamAge = Duration.seconds(3600)
  /// Bytes of a request body that are kept for a second attempt (proxy rule G3); a longer body is never sent twice.
  public var replayBuffer = 64 * 1024
  /// Connections to the upstream in all, idle ones included.
  public var upstreamConnections = 1024
  /// How long streams may go on after SIGTERM.
  public var drain = Duration.seconds(30)
  /// How long new connections are still taken after SIGTERM, while `readyz` already says 503.
  public var drainDelay = Duration.zero

  /// What one read may bring. Nothing more is read while any of it waits, so this bounds the memory of a stream, each way.
  var upstreamRead = 256 * 1024
  /// What must be left of a body for it to go through a pipe: two calls for a small rest save nothing. At least 1.
  public var smallestSplice: Int64 = 64 * 1024

  public init() {}

  /// How long, and for how much, a closing connection goes on reading what the client still sends, so that the client can
  /// read our last bytes before a reset destroys them (RFC 9112 §9.6).
  static let lingerTime = Duration.seconds(2)
  static let lingerBytes = 16 * 1024 * 1024
  /// Bytes of later requests that are taken in while one is being served.
  static let pipelinedBytes = 64 * 1024
  /// Interim responses to one request.
  static let interimResponses = 32
  /// A read of a body that goes through a pipe: what the pipe takes without asking.
  static let smallRead = 4096
  /// A read for a head that may be followed by such a body: small bodies come with it, of large ones little is copied.
  static let headRead = 64 * 1024
  /// The first read of every connection, whose buffer NIO keeps.
  static let firstRead = 2048
  /// Pipes of all loops together, those that wait for use included; each costs two descriptors.
  static let pipes = 128
  /// A TLS connection's hard close cannot be read piecemeal, so its socket buffer is what bounds memory.
  static let tlsReceiveBuffer = 128 * 1024

  var requestHead: HeadLimits {
    HeadLimits(startLine: requestLine, fieldBytes: headerBytes, fieldCount: headerCount)
  }
}
