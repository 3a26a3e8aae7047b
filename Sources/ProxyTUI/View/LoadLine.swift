internal import LoadGen

/// What somebody changed while the load runs: a fault in the lab, its proxy's relay, a record; in the first half minute, what one is looking at.
enum LoadLine {
  static let introductionSeconds = 30.0

  static func message(_ model: DashboardModel) -> DetailLine.Message? {
    var parts: [String] = []
    if let fault = model.fault { parts.append("injected: \(name(fault)) (! changes it)") }
    if let relay = model.relay, relay != .auto { parts.append("relay: \(relay.rawValue) (r changes it)") }
    if let record = model.record { parts.append("recording to \(record)") }
    guard parts.isEmpty else {
      return DetailLine.Message(
        text: parts.joined(separator: model.glyphs.separator), short: short(model), role: .waiting)
    }
    guard let introduction = model.label.introduction, model.snapshot.elapsedSeconds < introductionSeconds else {
      return nil
    }
    // Somebody has switched off what it says.
    if introduction.contains(RunLabel.proof), model.validation?.inflates == false { return nil }
    return DetailLine.Message(text: introduction, role: .heading)
  }

  private static func short(_ model: DashboardModel) -> String {
    if let fault = model.fault { return "injected: \(name(fault))" }
    return model.relay == .copy ? "relay: copy" : "recording"
  }

  static func name(_ fault: LabFault) -> String {
    switch fault {
    case .body(let name), .front(let name): name
    case .naive: "naive"
    }
  }
}
