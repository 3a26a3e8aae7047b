internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the platform says in variables of its own.
struct LambdaEnvironment: Sendable {
  static let api = "AWS_LAMBDA_RUNTIME_API"
  static let concurrency = "AWS_LAMBDA_MAX_CONCURRENCY"
  static let logStream = "AWS_LAMBDA_LOG_STREAM_NAME"
  static let initialization = "AWS_LAMBDA_INITIALIZATION_TYPE"

  let variable: @Sendable (String) -> String?

  /// Of this process. An empty variable is none.
  static let process = LambdaEnvironment { name in
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether a Runtime API is there to be asked.
  var isLambda: Bool { variable(Self.api) != nil }

  /// - Throws: `badConfiguration`, naming the variable.
  func settings() throws(ToolFailure) -> LambdaSettings {
    let address = try address()
    let count = workers
    let isManaged = count > 1 || variable(Self.initialization) == "lambda-managed-instances"
    var settings = LambdaSettings(api: address, concurrency: count, isManaged: isManaged)
    settings.instance = instance
    return settings
  }

  /// Where the Runtime API is.
  func address() throws(ToolFailure) -> RuntimeAddress {
    guard let text = variable(Self.api) else {
      throw ToolFailure(
        .badConfiguration,
        "\(Self.api) is not set: only Lambda, or gzlambda, starts this; use `gzproxy serve` to listen on a port")
    }
    do { return try RuntimeAddress(text) } catch {
      throw ToolFailure(.badConfiguration, "\(Self.api)=\(text): \(error.description)")
    }
  }

  /// The platform's word; what is no number of many means one.
  private var workers: Int {
    guard let count = variable(Self.concurrency).flatMap({ Int($0) }) else { return 1 }
    return min(max(count, 1), Self.mostWorkers)
  }

  private static let mostWorkers = 1000

  /// The end of the log stream's name, `2026/11/23/[$LATEST]0123…`: each environment has a stream of its own, so that whoever sees the
  /// name in a response finds its log. Nil for what a header cannot carry.
  private var instance: String? {
    guard let name = variable(Self.logStream)?.split(whereSeparator: { $0 == "]" || $0 == "/" }).last else {
      return nil
    }
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isPlain && name.utf8.count <= 64 ? String(name) : nil
  }
}
