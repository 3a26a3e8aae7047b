internal import Synchronization
internal import ToolSupport

// The proxies' way with bodies, switched while they run.
extension Lab {
  /// Milliseconds.
  private static let timeout = 2000

  /// Whether there is a proxy that can be switched: a function's responses always go through memory.
  var hasRelay: Bool { state.withLock { !$0.adminPorts.isEmpty } }

  /// How bodies are relayed that begin from now on, by every proxy of the lab. One call at a time.
  ///
  /// - Throws: `couldNotRun` when a proxy does not say that it does.
  func setRelay(_ relay: LabRelay) throws(ToolFailure) {
    let ports = state.withLock { state in
      state.relay = relay
      return state.adminPorts
    }
    for port in ports { try Self.tell(relay, port: port) }
  }

  static func tell(_ relay: LabRelay, port: Int) throws(ToolFailure) {
    let answer = BriefRequest.post("http://127.0.0.1:\(port)/.gzproxy/relay/\(relay.rawValue)", timeout: timeout)
    if case .failure(let reason) = answer {
      throw ToolFailure(.couldNotRun, "the lab's gzproxy was not switched to --relay \(relay.rawValue): \(reason)")
    }
  }
}
