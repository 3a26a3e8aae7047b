public import ToolSupport

extension LoadArguments {
  /// The whole meaning of the flags, in one step. Pure but for reading the file of `-D` or `-d @…`.
  ///
  /// With a lab (see `labMode`) the plan's targets are paths; `Lab.url(_:)` makes them URLs once its ports are known.
  /// - Throws: `usage`, one line that names the flag, its value and the way out.
  public func plan(_ defaults: LoadDefaults) throws(ToolFailure) -> LoadPlan {
    var plan = LoadPlan(targets: try targets(defaults))
    try setLoad(&plan, defaults)
    try setRequest(&plan)
    try setNetwork(&plan)
    try setJudging(&plan)
    return plan
  }

  /// The lab to start before the run; nil when the targets are URLs.
  public func labMode(_ defaults: LoadDefaults) throws(ToolFailure) -> LabMode? {
    guard let text = target.embedded else { return target.urls.isEmpty ? defaults.labWithoutTarget : nil }
    guard let mode = LabMode(rawValue: text) else {
      throw OptionText.refusal("--embedded", text, "choose \(LabMode.choices)")
    }
    return mode
  }

  private func targets(_ defaults: LoadDefaults) throws(ToolFailure) -> [LoadTarget] {
    if try labMode(defaults) != nil {
      var paths: [LoadTarget] = []
      for text in target.urls { paths.append(LoadTarget(url: try TargetURL.checkedPath(text))) }
      return paths.isEmpty ? defaults.labTargets.map(LoadTarget.init(url:)) : paths
    }
    guard !target.urls.isEmpty else {
      throw .usage("no target; give a URL such as http://127.0.0.1:8080/, or --embedded to load a built-in proxy")
    }
    var targets: [LoadTarget] = []
    for text in target.urls { targets.append(LoadTarget(url: try TargetURL.checked(text))) }
    return targets
  }
}
