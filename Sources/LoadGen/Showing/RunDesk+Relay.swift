internal import ToolSupport

extension RunDesk {
  func setRelay(_ relay: LabRelay) {
    guard let lab else {
      return tell(
        failure: "there is no lab to switch: a gzproxy of your own takes --relay, and POST on its --admin-listen")
    }
    guard lab.hasRelay else {
      return tell(failure: "nothing to switch in this lab: a function's responses always go through memory")
    }
    start(.relay) { [self] () throws(ToolFailure) in
      guard relay != self.relay else { return tell("--relay \(relay.rawValue): it is so already") }
      try lab.setRelay(relay)
      note(relay)
      tell("--relay \(relay.rawValue), for streams that begin from now on: \(relay.meaning)")
    }
  }
}

extension LabRelay {
  /// What is meant, in a line.
  public var meaning: String {
    switch self {
    case .auto: "long bodies through a pipe in the kernel, the rest through memory"
    case .copy: "every body through gzproxy's memory"
    }
  }
}
