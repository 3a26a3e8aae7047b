internal import ToolSupport

// What was known of the target's memory, and of the environments that serve it.
extension JSONScanner {
  mutating func memory(_ memory: inout TargetMemory) throws(Malformed) {
    var read = TargetMemory()
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "samples": read.sampleCount = try scanner.count()
      case "source": read.source = try scanner.string()
      case "rss": read.rssBytes = try scanner.integer()
      case "peak": read.rssPeakBytes = try scanner.integer()
      case "age": read.ageSeconds = try scanner.number()
      default: try scanner.skip()
      }
    }
    read.instances = memory.instances
    memory = read
  }

  mutating func instances(_ memory: inout TargetMemory) throws(Malformed) {
    var instances: [String: TargetMemory.Instance] = [:]
    try object { (name, scanner) throws(Malformed) in
      var values: [Int64] = []
      try scanner.array { (scanner) throws(Malformed) in values.append(try scanner.integer()) }
      guard values.count >= 3 else { throw Malformed() }
      var instance = memory.instances[name] ?? TargetMemory.Instance()
      instance.streams = Int(clamping: values[0])
      instance.rssBytes = values[1]
      instance.rssPeakBytes = values[2]
      // Records of before had three.
      instance.failed = values.count > 3 ? Int(clamping: values[3]) : 0
      instance.ageSeconds = values.count > 4 ? Double(max(0, values[4])) / 1e6 : nil
      instances[name] = instance
    }
    memory.instances.merge(instances) { $1 }
  }

  mutating func environments(_ memory: inout TargetMemory) throws(Malformed) {
    var environments: [String: FunctionEnvironment] = [:]
    try object { (id, scanner) throws(Malformed) in environments[id] = try scanner.environment() }
    for (id, environment) in environments {
      memory.instances[id, default: TargetMemory.Instance()].environment = environment
    }
  }

  private mutating func environment() throws(Malformed) -> FunctionEnvironment {
    var environment = FunctionEnvironment(state: .ready)
    try object { (name, scanner) throws(Malformed) in
      switch name {
      case "state": environment.state = try scanner.named(FunctionEnvironment.State.self)
      case "pid": environment.pid = Int32(clamping: try scanner.integer())
      case "limit": environment.memoryLimitBytes = try scanner.integer()
      case "active": environment.activeInvocations = try scanner.count()
      case "max": environment.maximumInvocations = try scanner.count()
      case "invocations": environment.invocations = try scanner.count()
      case "failures": environment.failures = try scanner.count()
      case "restarts": environment.restarts = try scanner.count()
      default: try scanner.skip()
      }
    }
    return environment
  }
}
