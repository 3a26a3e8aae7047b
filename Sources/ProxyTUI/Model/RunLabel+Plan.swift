internal import LoadGen
internal import ToolSupport

extension RunLabel {
  /// What the header says of a plan.
  init(plan: LoadPlan, lab: LabMode?) {
    let more = plan.targets.count > 1 ? " (and \(plan.targets.count - 1) more)" : ""
    let place = lab.map { "lab (\($0.rawValue)) " } ?? ""
    var load: [String] = []
    if let streams = plan.streams { load.append(FieldText.streams(streams)) }
    if let duration = plan.runDuration { load.append("for \(HumanText.duration(duration.seconds))") }
    if plan.streams == nil && plan.runDuration == nil { load.append("until quit") }
    self.init(target: place + (plan.targets.first?.url ?? "") + more, load: load.joined(separator: ", "))
    acceptedStatuses = plan.expectations.statuses
    self.lab = lab
    let areProven = plan.validation == .full || plan.validation == .compare
    introduction = lab.map { Self.introduction($0, lanes: plan.concurrency, areProven: areProven) }
  }
}
