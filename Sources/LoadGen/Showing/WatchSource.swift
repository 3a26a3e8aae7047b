public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `--watch URL`: a gzproxy or a gzlambda that somebody else loads, by what it tells itself, asked once a second on a thread of its
/// own. Nothing is sent but these questions.
public final class WatchSource: ShownRun {
  /// Milliseconds.
  static let interval: Int32 = 1000
  static let timeout = 2000

  public let abilities: RunAbilities
  public let title: String
  public let facts = "counted by the target since its start; no load of ours"
  private let target: WatchedTarget

  /// - Throws: `usage` for what is no URL.
  public static func check(_ text: String) throws(ToolFailure) { _ = try WatchAddress(parsing: text) }

  /// Asks once.
  ///
  /// - Throws: `usage` for what is no URL; `couldNotRun` when there are no stats, in one line with the way out.
  public convenience init(_ text: String) throws(ToolFailure) {
    let address = try WatchAddress(parsing: text)
    let (url, stats) = try Self.firstAnswer(address)
    try self.init(url: url, first: stats)
    let target = target
    guard PlainThread.detach(name: "watch", { Self.follow(url, target) }) else {
      throw ToolFailure(.couldNotRun, "--watch: the system refused a thread")
    }
  }

  /// Without a thread; see `take`.
  init(url: String, first: TargetStats) throws(ToolFailure) {
    guard let stopped = WakeDescriptor() else {
      throw ToolFailure(.couldNotRun, "--watch: no file descriptor is left")
    }
    title = "watching \(OptionText.shown(url))"
    // A function's invocations are told as sums.
    abilities = first.streams == nil ? [] : [.streams]
    target = WatchedTarget(url: url, stopped: stopped)
    target.take(first)
  }

  deinit { target.stop() }

  public func view(of focus: RunFocus?) -> RunView { target.view(of: focus) }

  public func perform(_ command: RunCommand) { target.perform(command) }

  public func summary() -> String {
    var summary = ShownSummary(title: title, snapshot: target.view(of: nil).snapshot)
    summary.remark = "counted by the target since it started; it tells of no stream how it ended"
    return summary.text()
  }

  public func close() { target.stop() }

  private static func firstAnswer(
    _ address: WatchAddress
  ) throws(ToolFailure) -> (url: String, stats: TargetStats) {
    let (stats, failure) = ask(address.url)
    if let stats { return (address.url, stats) }
    if let other = address.lambdaURL, let stats = ask(other).stats { return (other, stats) }
    throw ToolFailure(.couldNotRun, "--watch \(OptionText.shown(address.url)): \(failure)\(hint(failure))")
  }

  private static func hint(_ failure: String) -> String {
    switch failure {
    case "HTTP 404", "HTTP 403":
      "; gzproxy tells its stats with --telemetry, or on its --admin-listen, gzlambda at \(TargetStats.lambdaPath)"
    case noStats, BriefRequest.tooLarge: somebodyElse
    case _ where failure.hasPrefix("HTTP "): somebodyElse
    default: "; is a gzproxy or a gzlambda running there?"
    }
  }

  private static let somebodyElse = "; name the stats of a gzproxy or a gzlambda"
  private static let noStats = "what it answers is no stats document"

  private static func ask(_ url: String) -> (stats: TargetStats?, failure: String) {
    switch BriefRequest.get(url, timeout: timeout) {
    case .failure(let reason): return (nil, reason)
    case .body(let bytes):
      guard let stats = TargetStats(json: bytes) else { return (nil, noStats) }
      return (stats, "")
    }
  }

  /// The thread's whole life.
  private static func follow(_ url: String, _ target: WatchedTarget) {
    while target.rest(milliseconds: interval) {
      let (stats, failure) = ask(url)
      if let stats { target.take(stats) } else { target.fail(failure) }
    }
  }
}
