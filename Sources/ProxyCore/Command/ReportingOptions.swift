public import ArgumentParser
internal import ToolSupport

extension AccessLogSettings.Level: ExpressibleByArgument {}

/// What is told of the streams, and to whom.
struct ReportingOptions: ParsableArguments {
  @Option(help: "Streams that get a line in the access log: none, those that failed, or all.")
  var accessLog = AccessLogSettings.Level.failed

  @Option(help: ArgumentHelp("Where these lines go: stderr, - for stdout, or a file to append to.", valueName: "path"))
  var accessLogFile = "stderr"

  @Flag(help: "Serve stats, metrics and hello on the main listener too, and put x-gzproxy-… fields on every response.")
  var telemetry = false

  @Flag(help: "Put Server-Timing on every response.")
  var serverTiming = false

  @Flag(help: "Say in error responses what failed where; they then name the upstream to whoever asks.")
  var errorDetails = false

  init() {}

  func apply(_ configuration: inout ProxyConfiguration) throws(ToolFailure) {
    configuration.telemetry = telemetry
    configuration.serverTiming = serverTiming
    configuration.errorDetails = errorDetails
    configuration.accessLog = AccessLogSettings(level: accessLog, destination: try destination())
  }

  private func destination() throws(ToolFailure) -> AccessLogSettings.Destination {
    switch accessLogFile {
    case "stderr": return .standardError
    case "-", "stdout": return .standardOutput
    case "": throw .usage("--access-log-file", "is empty: name a file, or - for stdout")
    default: return .file(accessLogFile)
    }
  }
}
