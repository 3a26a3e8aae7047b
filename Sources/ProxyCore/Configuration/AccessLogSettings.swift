/// What is logged of finished streams, and where to.
public struct AccessLogSettings: Sendable, Equatable {
  public enum Level: String, CaseIterable, Sendable {
    case off
    /// Streams that were cut, refused, or answered by the proxy itself.
    case failed
    case all
  }

  public enum Destination: Sendable, Equatable {
    case standardError
    case standardOutput
    /// Appended to.
    case file(String)
  }

  public var level = Level.off
  public var destination = Destination.standardError

  public init(level: Level = .off, destination: Destination = .standardError) {
    self.level = level
    self.destination = destination
  }
}
