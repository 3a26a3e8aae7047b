/// Everything that the runtime loop was told, by the platform and by the operator.
struct LambdaSettings: Sendable {
  /// How responses go back.
  enum Mode: String, CaseIterable, Sendable {
    /// As they come, through a response that streams.
    case stream
    /// Whole, as one JSON document: at most 6 MB of it.
    case buffered
  }

  /// How a body that was cut is told to Lambda.
  enum Abort: String, CaseIterable, Sendable {
    /// The upload ends properly, with the error in its trailers: Lambda counts a success.
    case trailers
    /// The upload breaks: Lambda finds `Runtime.TruncatedResponse`.
    case reset
  }

  /// Whether an empty body that streams is given one byte: some fronts never end such a response.
  enum Sentinel: String, CaseIterable, Sendable {
    /// Where the request came through a Function URL.
    case auto
    case on, off
  }

  var api: RuntimeAddress
  /// Invocations at once; each has a worker with a connection of its own. 1 to 1,000.
  var concurrency: Int
  /// Many invocations share this process: what fails must fail alone.
  var isManaged: Bool
  /// What the platform calls this environment; nil where it does not say.
  var instance: String?
  var mode = Mode.stream
  var abort = Abort.trailers
  var sentinel = Sentinel.auto
  /// A response too large for Lambda is a 307 to the upstream and not an error.
  var redirectsOversize = false
  /// How long before its deadline an invocation is ended.
  var margin = Duration.milliseconds(750)
  /// Bytes of a response that streams, prelude included.
  var streamLimit: Int64 = 200_000_000

  /// Bytes of a response that does not stream, as JSON: the Runtime API's own limit.
  static let bufferedLimit: Int64 = 6_291_556
  /// The same for an Application Load Balancer.
  static let balancerLimit: Int64 = 1_048_576
  /// Prelude and delimiter: the fronts look for the delimiter in the first 16 KB.
  static let preludeLimit = 16_000
  /// Bytes of an event; Lambda's own limit is 6 MB.
  static let eventLimit = 8 * 1024 * 1024
  /// What one read from the upstream may bring; none follows while any of it waits for the Runtime API. With its framing
  /// that keeps a stream below 256 KiB.
  static let pieceBytes = 128 * 1024
  /// Nobody hears of a reply that does not come; so long after the last sign of life the connection is given up.
  static let replyLimit = Duration.seconds(60)
  /// What a connection that is given up has for the bytes that still wait.
  static let linger = Duration.seconds(10)
  /// A freeze may last hours; a deadline that lies further ahead than this is none.
  static let longestInvocation = Duration.seconds(24 * 3600)

  init(api: RuntimeAddress, concurrency: Int = 1, isManaged: Bool = false) {
    self.api = api
    self.concurrency = max(1, concurrency)
    self.isManaged = isManaged
  }
}
