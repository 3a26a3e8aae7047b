internal import Synchronization
internal import ToolSupport

// The classic mistake beside the cure.
extension Lab {
  /// `http://127.0.0.1:PORT` of a second chain to the lab's origin: gzproxy as the edge, before the proxy that copies
  /// Content-Length beside chunked. Started at the first call, which takes as long as two processes need, and ended with the lab.
  /// One call at a time.
  ///
  /// - Throws: `couldNotRun`, naming the child; nothing of the chain is left then.
  func naiveURL() throws(ToolFailure) -> String {
    if let url = state.withLock({ $0.naiveURL }) { return url }
    var chain: [ChildProcess] = []
    var upstream = originPort
    for role in [ChildRole.gzorigin, .gzproxy] {
      let server = try setup.start(role, mode: mode, upstream: upstream)
      chain.append(server.child)
      upstream = server.port
    }
    let url = "http://127.0.0.1:\(upstream)"
    let added = chain.reversed() as [ChildProcess]
    let isEnding = state.withLock { state in
      guard !state.isEnding else { return true }
      state.children = added + state.children
      state.naiveURL = url
      return false
    }
    guard isEnding else { return url }
    for child in added { child.end(within: .seconds(1)) }
    throw ToolFailure(.couldNotRun, "the lab has ended")
  }
}
