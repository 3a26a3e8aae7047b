public import ArgumentParser
internal import NIOCore
internal import ToolSupport
internal import UnixSignals

/// `gzproxy lambda`: serves the invocations of a Lambda function.
public struct LambdaCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "lambda",
    abstract: "Serve as a Lambda function's runtime, in front of one upstream.",
    discussion: """
      This is what gzproxy does without a subcommand where AWS_LAMBDA_RUNTIME_API
      is set, as `bootstrap` on Lambda: a function is configured by GZPROXY_…
      variables. AWS_LAMBDA_MAX_CONCURRENCY is the number of invocations served at
      once. Behind the Lambda Web Adapter say `gzproxy serve`.

      Examples:
        GZPROXY_UPSTREAM=https://api.example.com ./bootstrap
        gzlambda -- gzproxy lambda --upstream http://127.0.0.1:9000
      """)

  @OptionGroup(title: "Where") var target: TargetOptions
  @OptionGroup(title: "How responses go back") var lambda: LambdaOptions
  @OptionGroup(title: "What the upstream is told") var forwarding: ForwardingOptions
  @OptionGroup(title: "What is told of the streams") var reporting: ReportingOptions
  @OptionGroup(title: "Limits of requests") var clientLimits: ClientLimitOptions
  @OptionGroup(title: "Limits of the upstream") var upstreamLimits: UpstreamLimitOptions
  @OptionGroup(title: "Sockets and threads") var sockets: SocketOptions

  public init() {}

  public func run() async throws {
    let descriptors = DescriptorLimit.raise()
    var settings = try LambdaEnvironment.process.settings()
    try lambda.apply(&settings)
    var configuration = try makeConfiguration(settings)
    configuration.descriptorLimit = descriptors
    try Self.check(descriptors, configuration, settings)
    try FileCheck.run(configuration)
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let runtime = try await LambdaRuntime.start(configuration, settings)
    try await Self.serve(runtime, signals)
  }

  /// Until a signal, or until nothing will work again.
  private static func serve(_ runtime: LambdaRuntime, _ signals: UnixSignalsSequence) async throws {
    let reason: String? = await withTaskGroup(of: String?.self) { group in
      group.addTask { await runtime.waitForEnd() }
      group.addTask {
        for await _ in signals { break }
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
    if let reason { runtime.log(reason) }
    await runtime.shutdown(within: reason == nil ? drainLimit : .zero)
    // Told in the log. An init error would be too late for it.
    if reason != nil { throw ExitCode(ToolExit.couldNotRun.rawValue) }
  }

  /// Lambda gives a runtime about 600 ms between SIGTERM and SIGKILL.
  private static let drainLimit = Duration.milliseconds(400)

  private func makeConfiguration(_ settings: LambdaSettings) throws(ToolFailure) -> ProxyConfiguration {
    guard target.upstream != nil else {
      throw ToolFailure(
        .badConfiguration, "GZPROXY_UPSTREAM is missing: name the server to forward to, as in https://api.example.com")
    }
    let upstream = try target.target()
    guard !settings.api.isNamed(by: upstream) else {
      throw .usage("--upstream", "is the Runtime API itself: requests could read and answer other invocations")
    }
    var configuration = ProxyConfiguration(listen: .nowhere, upstream: upstream)
    configuration.prohibited = settings.api
    configuration.certificateAuthorities = target.cacert
    try forwarding.apply(&configuration)
    try reporting.apply(&configuration)
    try sockets.apply(&configuration)
    try clientLimits.apply(&configuration.limits)
    try upstreamLimits.apply(&configuration.limits)
    // Lambda's logs are what is written to stdout and stderr; the runtime's own lines go to stdout.
    if case .standardError = configuration.accessLog.destination {
      configuration.accessLog.destination = .standardOutput
    }
    return configuration
  }

  /// Each worker needs a connection to the Runtime API and one to the upstream.
  private static func check(
    _ limit: Int, _ configuration: ProxyConfiguration, _ settings: LambdaSettings
  ) throws(ToolFailure) {
    let needed = SharedState.leastDescriptors(threads: configuration.threads) + 2 * settings.concurrency
    guard limit < needed else { return }
    throw ToolFailure(
      .badConfiguration,
      "\(LambdaEnvironment.concurrency)=\(settings.concurrency): needs \(needed) open files, and the limit is \(limit)")
  }

  // MARK: Being started as `bootstrap`

  /// The command line that is meant: without a subcommand this one, where a Runtime API is there.
  public static func arguments(_ words: [String]) -> [String] {
    let environment = LambdaEnvironment.process
    guard words.first == "serve" else { return arguments(words, isLambda: environment.isLambda) }
    return serveArguments(words, environment)
  }

  /// Behind the Lambda Web Adapter the port is the adapter's to say, where nothing else does.
  static func serveArguments(_ words: [String], _ environment: LambdaEnvironment) -> [String] {
    let isSaid = words.contains { $0 == "--listen" || $0.hasPrefix("--listen=") }
    guard environment.isLambda, !isSaid, environment.variable("GZPROXY_LISTEN") == nil,
      let port = environment.variable("AWS_LWA_PORT") ?? environment.variable("PORT")
    else { return words }
    return words + ["--listen", "127.0.0.1:\(port)"]
  }

  static func arguments(_ words: [String], isLambda: Bool) -> [String] {
    guard isLambda else { return words }
    let informing: Set = ["-h", "--help", "--help-hidden", "--version", "--generate-manual"]
    let name = configuration.commandName ?? "lambda"
    guard let first = words.first else { return [name] }
    if first.hasPrefix("-") { return informing.contains(first) ? words : [name] + words }
    let commands = GzproxyCommand.configuration.subcommands.map { $0.configuration.commandName } + ["help"]
    // Emulators give a bootstrap the name of its handler.
    return commands.contains(first) ? words : [name] + words.dropFirst()
  }

  /// Says why a function cannot start to who invoked it. Does nothing for any other command.
  public static func tellPlatform(_ message: String, _ words: [String]) async {
    guard words.first == configuration.commandName, let address = try? LambdaEnvironment.process.address() else {
      return
    }
    await InitFailure.post(message, to: address)
  }
}
