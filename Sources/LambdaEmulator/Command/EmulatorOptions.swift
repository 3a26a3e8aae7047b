internal import ArgumentParser
internal import ToolSupport

extension FrontKind: ExpressibleByArgument {}
extension InvokeMode: ExpressibleByArgument {}
extension InstancesMode: ExpressibleByArgument {}
extension BandwidthMode: ExpressibleByArgument {}
extension TrailerEffect: ExpressibleByArgument {}
extension InvocationLog: ExpressibleByArgument {}

/// Where gzlambda listens and what it imitates.
struct EmulatorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("YAML file with more options, `name: value` a line. What is said here wins.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Address of the front; port 0 lets the system choose.", valueName: "host:port"))
  var listen = "127.0.0.1:9000"

  @Option(
    help: ArgumentHelp(
      "Address of the first environment's Runtime API; further ones take free ports.", valueName: "host:port"))
  var runtimeAPI = "127.0.0.1:0"

  @Option(help: "What stands before the function: a Function URL, a REST API or an Application Load Balancer.")
  var front = FrontKind.functionURL

  @Option(help: "How the front invokes the function. (default: stream; buffered with --front alb)")
  var invokeMode: InvokeMode?

  @Option(
    help: "classic: a process for each invocation at a time; managed: one process with slots, as on Managed Instances.")
  var instances = InstancesMode.classic

  @Option(
    help: ArgumentHelp(
      "Invocations at once, 1 to 1000. (default: 10; 64 with --instances managed; 1 with --attach in classic mode)",
      valueName: "n"))
  var concurrency: Int?

  @Option(
    help: ArgumentHelp("Memory of an environment, 128 to 32768 MB or a size such as 2GiB.", valueName: "megabytes"))
  var memory = MemorySize(megabytes: 2048)

  @Option(help: ArgumentHelp("Time of an invocation, up to 900 seconds or such as 500ms.", valueName: "seconds"))
  var timeout = FunctionTimeout(seconds: 900)

  @Option(help: "aws: a stream's first 6 MiB at once, then 2 MiB/s (REST: 10 MiB first); off: as fast as it goes.")
  var bandwidth = BandwidthMode.aws

  @Option(help: "What a client sees of a stream that the runtime ends with error trailers.")
  var trailerEffect = TrailerEffect.clean

  @Option(
    help: "Invocations that have their START, END and REPORT lines on stderr. The runtime's own lines always go there.")
  var log = InvocationLog.all

  @Flag(help: "With --front alb: multi-value headers and query parameters.")
  var albMultiValue = false

  @Flag(help: "Start no process: runtimes that are started by hand connect to the Runtime API.")
  var attach = false

  @Flag(help: "Allow addresses beyond this machine, although anyone who reaches them can run the function.")
  var insecureOpen = false

  init() {}

  /// - Parameter command: the words behind `--`.
  func makeConfiguration(command: [String]) throws(ToolFailure) -> EmulatorConfiguration {
    var made = EmulatorConfiguration()
    made.listen = try address(listen, "--listen")
    made.runtimeAPI = try address(runtimeAPI, "--runtime-api")
    made.front = front
    made.invokeMode = try mode()
    made.instances = instances
    made.concurrency = try number()
    made.memoryBytes = try memory.checked()
    made.timeout = try timeout.checked()
    made.bandwidth = bandwidth
    made.trailerEffect = trailerEffect
    made.log = log
    guard !albMultiValue || front == .alb else {
      throw .usage("--alb-multi-value", "goes with --front alb only")
    }
    made.albMultiValue = albMultiValue
    made.command = try runtime(command)
    made.initLimit = instances == .classic ? .seconds(10) : max(.seconds(130), made.timeout)
    made.function = RuntimeEnvironment.identity()
    return made
  }

  private func address(_ text: String, _ option: String) throws(ToolFailure) -> ListenAddress {
    let address = try ListenAddress(parsing: text, option: option)
    try address.check(insecureOpen: insecureOpen, because: "anyone could run the function", option: option)
    return address
  }

  private func mode() throws(ToolFailure) -> InvokeMode {
    guard let invokeMode else { return front.canStream ? .stream : .buffered }
    guard invokeMode == .buffered || front.canStream else {
      throw .usage("--invoke-mode", "stream: a load balancer cannot stream; use buffered, or another --front")
    }
    return invokeMode
  }

  private func number() throws(ToolFailure) -> Int {
    guard let concurrency else { return instances == .managed ? 64 : attach ? 1 : 10 }
    guard (1...1000).contains(concurrency) else {
      throw .usage("--concurrency", "\(concurrency): must be from 1 to 1000")
    }
    return concurrency
  }

  private func runtime(_ command: [String]) throws(ToolFailure) -> [String] {
    guard let name = command.first else {
      guard attach else {
        throw .usage("no runtime to start: name it behind --, as in gzlambda -- ./bootstrap, or say --attach")
      }
      return []
    }
    guard !attach else { throw .usage("--attach", "and a command to start (\(name)) exclude each other") }
    return [try ExecutableSearch.find(name)] + command.dropFirst()
  }
}
