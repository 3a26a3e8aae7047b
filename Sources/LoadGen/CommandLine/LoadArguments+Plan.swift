public import ToolSupport

extension LoadArguments {
  /// The whole meaning of the flags, in one step. Pure but for reading the files that they name and AWS's keys.
  ///
  /// With a lab (see `labMode`) the plan's targets are paths; `Lab.url(_:)` makes them URLs once its ports are known.
  /// - Throws: `usage`, one line that names the flag, its value and the way out.
  public func plan(_ defaults: LoadDefaults) throws(ToolFailure) -> LoadPlan {
    var plan = LoadPlan(targets: try targets(defaults))
    plan.targetsFile = target.file
    try setLoad(&plan, defaults)
    try setRequest(&plan)
    try setNetwork(&plan)
    try setJudging(&plan)
    try SigV4Option.check(plan)
    _ = try labConcurrency(defaults, plan)
    // Templates that cannot be filled in are found before a lab is started.
    for target in plan.targets { try RequestSet.checkTemplates(of: target, plan) }
    return plan
  }

  /// The lab to start before the run; nil when the targets are URLs.
  public func labMode(_ defaults: LoadDefaults) throws(ToolFailure) -> LabMode? {
    guard let text = target.embedded else {
      return target.urls.isEmpty && target.file == nil ? defaults.labWithoutTarget : nil
    }
    guard let mode = LabMode(rawValue: text) else {
      throw OptionText.refusal("--embedded", text, "choose \(LabMode.choices)")
    }
    return mode
  }

  /// Invocations at once of the lab's function; nil when there is none. No lane of the plan is turned away unless somebody asks
  /// for that.
  public func labConcurrency(_ defaults: LoadDefaults, _ plan: LoadPlan) throws(ToolFailure) -> Int? {
    let most = Lab.maximumFunctionConcurrency
    let typed = try OptionText.integer(target.labConcurrency, "--lab-concurrency", in: 1...most)
    guard let mode = try labMode(defaults), mode.isFunction else {
      guard typed == nil else {
        throw .usage("--lab-concurrency: there is no function; it goes with --embedded=lambda and --embedded=buffered")
      }
      return nil
    }
    if let typed { return typed }
    guard plan.ownConcurrency <= most else {
      throw .usage("-c \(plan.ownConcurrency): a lab's function takes at most \(most) invocations at once; lower -c")
    }
    return max(Lab.functionConcurrency, plan.ownConcurrency)
  }

  private func targets(_ defaults: LoadDefaults) throws(ToolFailure) -> [LoadTarget] {
    let lab = try labMode(defaults)
    if let file = target.file { return try targets(in: file, isLab: lab != nil) }
    if let lab {
      var paths: [LoadTarget] = []
      for text in target.urls { paths.append(LoadTarget(url: try TargetURL.checkedPath(text))) }
      return paths.isEmpty ? defaults.targets(of: lab).map(LoadTarget.init(url:)) : paths
    }
    guard !target.urls.isEmpty else {
      throw .usage("no target; give a URL such as http://127.0.0.1:8080/, or --embedded to load a built-in proxy")
    }
    var targets: [LoadTarget] = []
    for text in target.urls { targets.append(LoadTarget(url: try TargetURL.checked(text))) }
    return targets
  }

  private func targets(in file: String, isLab: Bool) throws(ToolFailure) -> [LoadTarget] {
    if let url = target.urls.first {
      throw .usage("-f and \(OptionText.shown(url)): targets come from the file or from the command line; keep one")
    }
    guard file != "-" else { throw .usage("-f -: targets are not read from stdin; save them to a file") }
    let bytes = try BodyFile.read(file, option: "-f", limit: TargetsFile.maximumBytes)
    var reader = isLab ? TargetsFile(file: file, checkURL: TargetURL.checkedPath) : TargetsFile(file: file)
    return try reader.parse(bytes)
  }
}
