internal import ToolSupport

extension RunDesk {
  func setFault(_ fault: LabFault?) {
    guard let lab else {
      return tell(failure: "there is no lab to make fail: faults are for --embedded, and this target is not ours")
    }
    if let fault {
      guard fault != .naive || lab.mode != .naive else {
        return tell(
          failure: "naive: this lab is the proxy with the classic mistake already; try it with --embedded=proxy")
      }
      guard LabFault.all(for: lab.mode).contains(where: { $0.fault == fault }) else {
        return tell(failure: "\(OptionText.shown(fault.name)): gzorigin has no fault or front of this name")
      }
    }
    start(.fault) { [self] () throws(ToolFailure) in
      try inject(fault, lab)
    }
  }

  private func inject(_ fault: LabFault?, _ lab: Lab) throws(ToolFailure) {
    guard fault != self.fault else {
      return tell(fault.map { "\($0.name): it is so already" } ?? "nothing is wrong: there was no fault to end")
    }
    guard let fault else {
      try engine.setTargets(plan.targets)
      note(nil)
      return tell("no fault any more: streams that begin from now on are as planned")
    }
    let naive = fault == .naive ? try lab.naiveURL() : nil
    try engine.setTargets(try fault.targets(of: plan, base: lab.baseURL, naive: naive))
    note(fault)
    let explanation = LabFault.all(for: lab.mode).first { $0.fault == fault }?.explanation ?? ""
    tell("\(fault.name), for streams that begin from now on: \(explanation)")
  }
}
