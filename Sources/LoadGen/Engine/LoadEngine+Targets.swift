internal import Synchronization
public import ToolSupport

// What streams ask for, changed while the run goes on.
extension LoadEngine {
  /// All that the run has had, by the index that snapshots, records and events name: the plan's first, then those that were added.
  public var targets: [LoadTarget] { requests.latest().table.targets }

  /// Streams that begin from now on ask for these, taken in turn or by their weights; running ones go on. A target that is new
  /// gets the next index, one that the run has had keeps its own.
  ///
  /// - Throws: `usage`, with nothing changed: a URL that is none, too many targets, a body that the run has not sent before,
  ///   another host where streams share connections to one.
  public func setTargets(_ targets: [LoadTarget]) throws(ToolFailure) {
    if RunContext.sharesConnections(plan) {
      let others = targets.first { !plan.origins.contains(TargetURL.origin($0.url)) }
      if let others {
        throw .usage(
          "\(OptionText.shown(others.url)): streams share HTTP/2 connections to one host, and this is another")
      }
    }
    try requests.set(targets)
    state.withLock { $0.context }?.references.grow(to: self.targets.count)
  }
}
