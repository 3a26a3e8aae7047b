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

  private func targets(_ defaults: LoadDefaults) throws(ToolFailure) -> [String] {
    if try labMode(defaults) != nil {
      var paths: [String] = []
      for text in target.urls { paths.append(try TargetURL.checkedPath(text)) }
      return paths.isEmpty ? defaults.labTargets : paths
    }
    guard !target.urls.isEmpty else {
      throw .usage("no target; give a URL such as http://127.0.0.1:8080/, or --embedded to load a built-in proxy")
    }
    var urls: [String] = []
    for text in target.urls { urls.append(try TargetURL.checked(text)) }
    return urls
  }

  private func setLoad(_ plan: inout LoadPlan, _ defaults: LoadDefaults) throws(ToolFailure) {
    plan.concurrency =
      try OptionText.integer(load.concurrency, "-c", in: 1...Self.maximumConcurrency) ?? defaults.concurrency
    plan.streams = try OptionText.value(
      load.streams, "-n", as: StreamCount.self, else: "must be a whole number from 1; write it like 200, 10k or 1m")?
      .value
    plan.duration = try OptionText.duration(load.duration, "-z")
    if plan.streams == nil && plan.duration == nil { plan.streams = defaults.streams }
    if let grace = try OptionText.anyDuration(load.grace, "--grace") { plan.grace = grace }
    if let text = load.seed {
      guard let seed = UInt64(text) else {
        throw OptionText.refusal("--seed", text, "must be a whole number from 0 to \(UInt64.max)")
      }
      plan.seed = seed
    }
    plan.threads = try OptionText.integer(load.threads, "--threads", in: 1...Self.maximumThreads)
  }

  private func setRequest(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.headers = try HeaderText.request(request.headers)
    plan.body = try body()
    plan.method = try request.method.map(Self.method) ?? (plan.body == nil ? "GET" : "POST")
    if plan.body != nil && plan.method == "HEAD" {
      throw .usage("-m HEAD: sends no body; drop -d and -D, or choose another method")
    }
  }

  private func setNetwork(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.insecure = network.insecure
    if let limit = try OptionText.duration(network.connectTimeout, "--connect-timeout") { plan.connectTimeout = limit }
    if let limit = try OptionText.duration(network.stallTimeout, "--stall-timeout") { plan.stallTimeout = limit }
    plan.maxTime = try OptionText.duration(network.maxTime, "--max-time")
  }

  private func body() throws(ToolFailure) -> [UInt8]? {
    switch (request.data, request.dataFile) {
    case (.some, .some): throw .usage("-d and -D: both give the body; keep one of them")
    case (nil, let file?): return try BodyFile.read(file, option: "-D")
    case (let text?, nil):
      return text.hasPrefix("@") ? try BodyFile.read(String(text.dropFirst()), option: "-d") : Array(text.utf8)
    case (nil, nil): return nil
    }
  }

  /// Upper-cased, because a `head` that is not a HEAD would wait for a body that never comes.
  private static func method(_ text: String) throws(ToolFailure) -> String {
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
      let hint = TimeSpan(argument: text) != nil || Double(text) != nil ? "; for a time limit use -t \(text)" : ""
      throw OptionText.refusal("-m", text, "a method is made of letters, such as GET or POST" + hint)
    }
    let method = text.uppercased()
    guard method != "CONNECT" else {
      throw OptionText.refusal("-m", text, "asks for a tunnel, which has no body to judge")
    }
    return method
  }

  static let maximumConcurrency = 1_000_000
  static let maximumThreads = 256
}
