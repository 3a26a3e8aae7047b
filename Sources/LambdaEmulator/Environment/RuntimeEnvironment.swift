internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The variables that a runtime sees: those of gzlambda's own environment, without `GZLAMBDA_…`, and what Lambda sets.
enum RuntimeEnvironment {
  /// - Parameters:
  ///   - api: `HOST:PORT`, as AWS writes it.
  ///   - instance: tells the log streams of several environments apart.
  /// - Returns: `NAME=value` each.
  static func variables(
    _ configuration: EmulatorConfiguration, api: String, instance: String, inherited: [String] = own()
  ) -> [String] {
    let set = forced(configuration, api: api, instance: instance)
    let names = Set(set.map(\.0))
    let kept = inherited.filter { entry in
      let name = String(entry.prefix { $0 != "=" })
      // Neither our own, nor those of another Lambda that we may run in.
      return !name.hasPrefix("GZLAMBDA_") && !names.contains(name) && !absent.contains(name)
    }
    let present = names.union(kept.map { String($0.prefix { $0 != "=" }) })
    let added = defaults.filter { !present.contains($0.0) }
    return kept + (set + added).map { "\($0.0)=\($0.1)" }
  }

  /// Region and name that the parent's environment gives, else the usual ones.
  static func identity() -> FunctionIdentity {
    var identity = FunctionIdentity()
    if let region = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") { identity.region = region }
    if let name = value("AWS_LAMBDA_FUNCTION_NAME") { identity.name = name }
    return identity
  }

  private static func forced(
    _ configuration: EmulatorConfiguration, api: String, instance: String
  ) -> [(String, String)] {
    let function = configuration.function
    var set = [
      ("AWS_LAMBDA_RUNTIME_API", api), ("AWS_LAMBDA_FUNCTION_NAME", function.name),
      ("AWS_LAMBDA_FUNCTION_VERSION", function.version),
      ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", String(configuration.memoryMegabytes)),
      ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/\(function.name)"),
      ("AWS_LAMBDA_LOG_STREAM_NAME", "gzlambda/[\(function.version)]\(instance)"),
      ("AWS_REGION", function.region), ("AWS_DEFAULT_REGION", function.region),
    ]
    switch configuration.instances {
    case .classic: set.append(("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"))
    case .managed:
      set.append(("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances"))
      set.append(("AWS_LAMBDA_MAX_CONCURRENCY", String(configuration.concurrency)))
      // Of Managed Instances the logs are JSON, always.
      set.append(("AWS_LAMBDA_LOG_FORMAT", "JSON"))
    }
    return set
  }

  /// What stays as the parent has it, if it has it. The credentials open nothing: clients of AWS look for some.
  private static var defaults: [(String, String)] {
    let folder = workingFolder()
    return [
      ("_HANDLER", "function.handler"), ("LAMBDA_TASK_ROOT", folder), ("LAMBDA_RUNTIME_DIR", folder),
      ("AWS_LAMBDA_LOG_FORMAT", "Text"), ("AWS_LAMBDA_LOG_LEVEL", "INFO"), ("TZ", ":UTC"), ("LANG", "en_US.UTF-8"),
      ("PATH", "/usr/local/bin:/usr/bin:/bin"), ("AWS_ACCESS_KEY_ID", "gzlambda"),
      ("AWS_SECRET_ACCESS_KEY", "gzlambda"), ("AWS_SESSION_TOKEN", "gzlambda"),
      ("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"), ("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"),
    ]
  }

  private static let absent: Set = ["AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_RUNTIME_API", "_X_AMZN_TRACE_ID"]

  private static func workingFolder() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func value(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// As the process has them.
  static func own() -> [String] {
    var all: [String] = []
    var next = environ
    while let entry = next.pointee {
      all.append(String(cString: entry))
      next += 1
    }
    return all
  }
}
