public import ArgumentParser
internal import NIOCore
internal import ToolSupport

/// A number, or the machine's own.
struct ThreadCount: ExpressibleByArgument, Sendable {
  /// Nil: one for each core.
  var count: Int?

  init() {}

  init?(argument: String) {
    guard argument != "auto" else { return }
    guard let count = Int(argument) else { return nil }
    self.count = count
  }

  var defaultValueDescription: String { count.map(String.init) ?? "auto" }
}

extension RelayMode: ExpressibleByArgument {}

extension MemoryLimit: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "off": self = .off
    default:
      guard let size = ByteSize(argument: argument) else { return nil }
      self = .bytes(size.bytes)
    }
  }

  public var defaultValueDescription: String {
    switch self {
    case .auto: "auto"
    case .off: "off"
    case .bytes(let bytes): HumanText.exactSize(bytes)
    }
  }
}

struct SocketOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Event loops; auto is one per core.", valueName: "n"))
  var threads = ThreadCount()

  @Option(
    help: ArgumentHelp(
      "How bodies go to the client: auto moves them from socket to socket where Linux can, copy never does.",
      valueName: "auto|copy"))
  var relay = RelayMode.auto

  @Option(
    help: ArgumentHelp(
      "With --relay auto: what must be left of a body for it to be moved and not copied.", valueName: "size"))
  var spliceFrom = ByteSize(bytes: 65536)

  @Option(
    help: ArgumentHelp(
      "Refuse new streams with 503 before the process uses this much; auto is the limit of its cgroup.",
      valueName: "auto|off|size"))
  var memoryLimit = MemoryLimit.auto

  @Option(help: ArgumentHelp("Receive buffer of each upstream socket.", valueName: "size"))
  var upstreamRcvbuf = ByteSize(bytes: 2_097_152)

  @Option(help: ArgumentHelp("Send buffer of each client socket.", valueName: "size"))
  var clientSndbuf = ByteSize(bytes: 2_097_152)

  init() {}

  /// Less than the process needs for itself.
  private static let leastMemory: Int64 = 32 * 1024 * 1024

  func apply(_ configuration: inout ProxyConfiguration) throws(ToolFailure) {
    configuration.threads = try Ranges.number(threads.count ?? min(1024, System.coreCount), 1...1024, "--threads")
    configuration.relay = relay
    configuration.memoryLimit = memoryLimit
    if case .bytes(let bytes) = memoryLimit {
      let range = SocketOptions.leastMemory...Int64.max >> 8
      _ = try Ranges.size(ByteSize(bytes: bytes), range, "--memory-limit")
    }
    configuration.limits.smallestSplice = Int64(try Ranges.size(spliceFrom, 1...1_073_741_824, "--splice-from"))
    let sizes: ClosedRange<Int64> = 4096...1_073_741_824
    configuration.upstreamReceiveBuffer = try Ranges.size(upstreamRcvbuf, sizes, "--upstream-rcvbuf")
    configuration.clientSendBuffer = try Ranges.size(clientSndbuf, sizes, "--client-sndbuf")
  }
}
