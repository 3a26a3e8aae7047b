/// Which commands a source takes.
public struct RunAbilities: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The load ends with the dashboard, and can be paused.
  public static let load = RunAbilities(rawValue: 1)
  public static let concurrency = RunAbilities(rawValue: 2)
  /// Streams have planned times (`-q`).
  public static let rate = RunAbilities(rawValue: 4)
  public static let validation = RunAbilities(rawValue: 8)
  public static let abortStream = RunAbilities(rawValue: 16)
  public static let resetStatistics = RunAbilities(rawValue: 32)
  /// There is an embedded lab whose origin and proxy can be made to fail.
  public static let faults = RunAbilities(rawValue: 64)
  public static let report = RunAbilities(rawValue: 128)
  public static let record = RunAbilities(rawValue: 256)
  /// Time can be stopped, sped up and sought.
  public static let playback = RunAbilities(rawValue: 512)
  /// Single streams are known, and not only their sums.
  public static let streams = RunAbilities(rawValue: 1024)
  /// There is an embedded lab whose gzproxy relays bodies in one of two ways.
  public static let relay = RunAbilities(rawValue: 2048)
}
