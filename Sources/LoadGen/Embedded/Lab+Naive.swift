internal import Synchronization
internal import ToolSupport

// The classic mistake beside the cure.
extension Lab {
  /// `http://127.0.0.1:PORT` of a second chain to the lab's origin: gzproxy as the edge, before the proxy that copies
  /// Content-Length beside chunked. Started at the first call, which takes as long as two processes need, and ended with the lab.
  /// One call at a time.
  ///
  /// - Throws: `couldNotRun`, naming the child.
  func naiveURL() throws(ToolFailure) -> String {
    if let url = state.withLock({ $0.naiveURL }) { return url }
    var chain: [ChildProcess] = []
    var (upstream, adminPorts) = (originPort, [Int]())
    for role in [ChildRole.gzorigin, .gzproxy] {
      let server = try setup.start(role, mode: mode, upstream: upstream)
      chain.append(server.child)
      upstream = server.port
      if let port = server.adminPort { adminPorts.append(port) }
    }
    let url = "http://127.0.0.1:\(upstream)"
    let added = chain.reversed() as [ChildProcess]
    let relay = state.withLock { state in
      guard !state.isEnding else { return nil as LabRelay? }
      state.children = added + state.children
      state.naiveURL = url
      state.adminPorts += adminPorts
      return state.relay
    }
    guard let relay else {
      for child in added { child.end(within: .seconds(1)) }
      throw ToolFailure(.couldNotRun, "the lab has ended")
    }
    // Somebody may have switched the others before there was this one.
    for port in adminPorts where relay != .auto { try Self.tell(relay, port: port) }
    return url
  }
}
