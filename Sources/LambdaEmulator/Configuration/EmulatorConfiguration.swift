internal import ToolSupport

/// What an emulator is to be. Values are in range: `EmulatorOptions` checks them.
struct EmulatorConfiguration: Sendable {
  var listen = ListenAddress(host: "127.0.0.1", port: 9000)
  var runtimeAPI = ListenAddress(host: "127.0.0.1", port: 0)
  var front = FrontKind.functionURL
  var invokeMode = InvokeMode.stream
  var instances = InstancesMode.classic
  /// Invocations at once: processes in classic mode, slots of the one process in managed mode.
  var concurrency = 10
  var memoryBytes: Int64 = 2048 << 20
  var timeout = Duration.seconds(900)
  /// Managed: what a worker that has answered has to ask again before its slot counts as taken.
  var returnTime = Duration.milliseconds(250)
  /// Classic: what a runtime that has answered has to ask again before another environment is started in its place.
  var classicReturnTime = Duration.milliseconds(20)
  /// What a client has for its first or next request to begin.
  var idleLimit = Duration.seconds(60)
  /// What a request has, from its first byte to its last.
  var requestLimit = Duration.seconds(30)
  var bandwidth = BandwidthMode.aws
  var trailerEffect = TrailerEffect.clean
  /// The target group's attribute `lambda.multi_value_headers.enabled`.
  var albMultiValue = false
  /// The runtime's, with its path first. Empty: runtimes are started by hand.
  var command: [String] = []
  /// How long a runtime may take to its first `/next`.
  var initLimit = Duration.seconds(10)
  var log = InvocationLog.all
  var function = FunctionIdentity()

  /// Runtimes are started by hand.
  var isAttached: Bool { command.isEmpty }
  var memoryMegabytes: Int64 { memoryBytes >> 20 }
}

/// What stands between clients and the function.
enum FrontKind: String, CaseIterable, Sendable {
  case functionURL = "function-url"
  case rest
  case alb

  var canStream: Bool { self != .alb }
}

enum InvokeMode: String, CaseIterable, Sendable { case stream, buffered }

enum InstancesMode: String, CaseIterable, Sendable { case classic, managed }

enum BandwidthMode: String, CaseIterable, Sendable { case aws, off }

/// What a client sees where the runtime ends a stream with error trailers: AWS does not say which of them it is.
enum TrailerEffect: String, CaseIterable, Sendable {
  /// The stream ends as if it were whole.
  case clean
  /// The connection ends without the last chunk.
  case cut
  /// The trailers reach the client.
  case trailer
}

/// Whose START, END and REPORT lines are written.
enum InvocationLog: String, CaseIterable, Sendable { case all, off }

/// Who the function is, as its events, environment and headers say.
struct FunctionIdentity: Sendable {
  var name = "function"
  var version = "$LATEST"
  var accountID = "123456789012"
  var region = "us-east-1"

  var arn: String { "arn:aws:lambda:\(region):\(accountID):function:\(name)" }
}

/// The sizes that AWS documents or its open-source supervisor holds.
enum Limits {
  /// An event, and a buffered response: 6 MiB and 100 bytes of JSON.
  static let payload = 6_291_556
  /// A request's body, and a response as JSON, behind a load balancer.
  static let loadBalancer = 1_048_576
  /// A request's body before a REST API.
  static let restRequest = 10 << 20
  /// A streamed response. Whether AWS counts in powers of 1000 or 1024 is not documented.
  static let stream = 200 << 20
  /// The prelude and the 8 bytes behind it, before a REST API.
  static let restPrelude = 16 * 1024
  /// The same before a Function URL, where no limit is documented: this one bounds our memory.
  static let functionURLPrelude = 1 << 20
  /// The body of `/error` and `/init/error`.
  static let errorBody = 1 << 20
}
