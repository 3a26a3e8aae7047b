internal import ToolSupport

extension RunDesk {
  func setRecord(_ path: String?) {
    guard let late else { return tell(failure: "record: this run cannot be recorded from here; use --record FILE") }
    guard let path else {
      guard !late.record.end() else { return }
      let own = late.runRecord.map { "record: the run's own, \(OptionText.shown($0)), goes on to its end (--record)" }
      return tell(failure: own ?? "record: none is being written")
    }
    start(.record) { [self] () throws(ToolFailure) in
      try refuseTaken(path, "record")
      try late.record.begin(path)
      tell("record begins: \(OptionText.shown(path))")
    }
  }
}
