public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `--attach HOST:PORT`: somebody else's run, as its gzload tells it at `/events`.
///
/// A thread of its own reads. When the connection breaks it tries again, after at most `longestPause`; what was there stays to be
/// seen. When the run is over its last word stays.
public final class AttachSource: ShownRun {
  /// Milliseconds.
  static let firstPause: Int32 = 250
  static let longestPause: Int32 = 5000
  /// How long the first answer may take, in milliseconds.
  static let patience: Int32 = 5000

  public let abilities: RunAbilities = [.streams]
  public let title: String
  private let address: AttachAddress
  private let feed: AttachFeed

  /// - Throws: `usage` for what is no address.
  public static func check(_ text: String) throws(ToolFailure) { _ = try AttachAddress(parsing: text) }

  /// Connects. The run may not have begun yet.
  ///
  /// - Throws: `usage` for what is no address; `couldNotRun` when nothing there serves events, in one line.
  public init(_ text: String) throws(ToolFailure) {
    let address = try AttachAddress(parsing: text)
    guard let bell = WakeDescriptor(), let answered = WakeDescriptor() else {
      throw ToolFailure(.couldNotRun, "--attach: no file descriptor is left")
    }
    let feed = AttachFeed(address: address.authority, stopped: bell, answered: answered)
    self.address = address
    self.feed = feed
    title = "attached to \(OptionText.shown(address.authority))"
    guard PlainThread.detach(name: "attach", { Self.follow(address, feed) }) else {
      throw ToolFailure(.couldNotRun, "--attach: the system refused a thread")
    }
    feed.awaitAnswer(milliseconds: Self.patience)
    guard let reason = feed.firstFailure else { return }
    feed.stop()
    throw ToolFailure(
      .couldNotRun,
      "--attach \(OptionText.shown(text)): \(reason); is gzload running there with --metrics-listen?")
  }

  deinit { feed.stop() }

  public var facts: String { feed.facts }

  public func view(of focus: RunFocus?) -> RunView { feed.view(of: focus) }

  public func perform(_ command: RunCommand) { feed.perform(command) }

  public func summary() -> String { feed.summary(title: title) }

  public func close() { feed.stop() }

  /// The thread's whole life.
  private static func follow(_ address: AttachAddress, _ feed: AttachFeed) {
    var pause = firstPause
    while !feed.isStopped {
      var hasBegun = false
      let end = EventsGet.follow(address.url, connected: { feed.connected() }) { header, events in
        hasBegun = hasBegun || header != nil
        return feed.take(header, events)
      }
      if hasBegun { pause = firstPause }
      guard feed.disconnected(end, retryIn: pause) else { return }
      feed.rest(milliseconds: pause)
      pause = min(pause &* 2, longestPause)
    }
  }
}
