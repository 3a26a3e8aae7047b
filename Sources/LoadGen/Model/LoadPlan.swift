public import ToolSupport

/// Everything a run does, decided before it starts. Made from the command line by one pure step; nothing else reads flags.
public struct LoadPlan: Sendable {
  /// Never empty. Streams take them round robin.
  public var targets: [String]
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

  public var method = "GET"
  /// In order, as typed: `Name: value`.
  public var headers: [String] = []
  public var body: [UInt8]?
  public var insecure = false
  public var connectTimeout = TimeSpan(nanoseconds: 5_000_000_000)
  public var stallTimeout = TimeSpan(nanoseconds: 30_000_000_000)
  /// For a whole stream; nil is none.
  public var maxTime: TimeSpan?

  public var validation: ValidationMode = .compare
  /// Wire bytes kept as references, for all URLs together; at most 64 MiB for one.
  public var referenceMemory = ByteSize(bytes: 256 << 20)
  public var expectations = Expectations()
  /// Seeds whatever is random in a run.
  public var seed: UInt64 = 0

  public init(targets: [String]) { self.targets = targets }

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
