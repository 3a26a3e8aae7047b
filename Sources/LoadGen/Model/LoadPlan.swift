public import ToolSupport

/// Everything a run does, decided before it starts. Made from the command line by one pure step; nothing else reads flags.
public struct LoadPlan: Sendable {
  /// Never empty.
  public var targets: [LoadTarget]
  /// Lanes; at least 1.
  public var concurrency = 50
  /// Loop threads; nil is one a core, and never more than lanes.
  public var threads: Int?
  /// Streams to start in all; nil is no limit.
  public var streams: Int?
  /// When to stop starting streams; nil is no limit.
  public var duration: TimeSpan?
  /// How long streams in flight may go on after the end.
  public var grace = TimeSpan(nanoseconds: 30_000_000_000)
  public var arrivals: ArrivalPlan = .closed
  /// Streams begun in this time before the plan's own are in no count and no figure.
  public var warmUp: TimeSpan?
  /// The part of the plan that this process does; nil is all of it.
  public var shard: Shard?
  /// When to begin, in seconds since 1970; nil is at once.
  public var startAt: Double?
  /// Whether times of an open model count from the planned start, or, when false, from the real one.
  public var correctsLatency = true

  public var method = "GET"
  /// In order, as typed: `Name: value`.
  public var headers: [String] = []
  /// Bytes may hold templates such as `{seq}` when `hasTemplateBody`.
  public var body: RequestContent?
  /// Whether the body was typed, and its templates are filled in; what comes from files is sent as it is.
  public var hasTemplateBody = false
  /// Sent as HTTP Basic; nil is none.
  public var credentials: Credentials?
  /// Nil is unsigned.
  public var signing: SigningPlan?
  /// Where the targets were read from; nil is the command line.
  public var targetsFile: String?
  public var network = NetworkPlan()
  public var insecure = false
  public var connectTimeout = TimeSpan(nanoseconds: 5_000_000_000)
  public var stallTimeout = TimeSpan(nanoseconds: 30_000_000_000)
  /// For a whole stream; nil is none.
  public var maxTime: TimeSpan?

  public var validation: ValidationMode = .compare
  /// Wire bytes kept as references, for all URLs together; at most 64 MiB for one.
  public var referenceMemory = ByteSize(bytes: 256 << 20)
  public var expectations = Expectations()
  /// What the run must keep to; without any of its own, the implicit ones.
  public var thresholds = Threshold.implicit
  /// When a failing threshold ends the run early; nil is never.
  public var abort: AbortRule?
  /// A first byte that comes later counts as a slow start, a silence that lasts longer as a silent gap.
  public var pauseLimits = PauseLimits()
  /// Who says what the target's memory is, besides the responses themselves; nil is nobody.
  public var watch: WatchTarget?
  /// Seeds whatever is random in a run.
  public var seed: UInt64 = 0
  /// Whether snapshots carry the distributions, renewed once a second: copying them is not free.
  public var publishesDistributions = false
  /// Whether snapshots carry the lanes. Where nobody looks at them they are left out: with thousands, writing them down takes
  /// milliseconds in which no stream begins. A record has them in any case.
  public var publishesLanes = true

  public init(targets: [LoadTarget]) { self.targets = targets }

  public init(urls: [String]) { targets = urls.map(LoadTarget.init(url:)) }

  /// Of the targets, in their order.
  public var urls: [String] { targets.map(\.url) }

  /// When no further stream starts, from the plan's first moment: `duration` or the end of the stages, whichever comes first;
  /// nil is no limit.
  public var runDuration: TimeSpan? {
    [duration, arrivals.stagesDuration].compactMap { $0 }.min { $0.nanoseconds < $1.nanoseconds }
  }

  /// What connections belong to.
  var origins: Set<String> { Set(targets.map { TargetURL.origin($0.url) }) }

  /// Connections that are kept open for a lane: two where it goes from host to host, so that it finds both again.
  var keptPerLane: Int { network.followsRedirects || origins.count > 1 ? 2 : 1 }

  /// Connections that a lane may hold at a time: those that are kept, and with more than two hosts, or some that nobody knows
  /// beforehand, the one that is being made.
  var socketsPerLane: Int { network.followsRedirects || origins.count > 2 ? 3 : keptPerLane }

  /// False when every stream is a HEAD.
  var expectsBodies: Bool { targets.contains { ($0.method ?? method) != "HEAD" } }

  /// What of `streams` this process does.
  public var ownStreams: Int? { streams.map { shard?.share(of: $0) ?? $0 } }

  /// Lanes of this process; `concurrency` is the whole plan's.
  public var ownConcurrency: Int { ownLanes(max(1, concurrency)) }

  /// What of so many lanes of the whole plan this process has.
  func ownLanes(_ lanes: Int) -> Int { shard?.share(of: lanes) ?? lanes }

  /// Receive buffer of a stream in bytes, by concurrency: libcurl 7.88 allocates one for each handle. Few lanes get more
  /// than 128 KiB, for a seventh less CPU a byte (Docs/decisions/010).
  public static func receiveBuffer(concurrency: Int) -> Int {
    switch concurrency {
    case ...32: 256 * 1024
    case ...256: 128 * 1024
    case ...2000: 32 * 1024
    default: 16 * 1024
    }
  }
}
