internal import ArgumentParser
internal import NIOCore
internal import ToolSupport

/// Where the proxy listens and where it forwards to.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address to listen on; port 0 lets the system choose.", valueName: "host:port"))
  var listen = "127.0.0.1:8080"

  @Option(help: ArgumentHelp("Server to forward to: http or https, with an optional path prefix.", valueName: "url"))
  var upstream: String?

  @Option(help: ArgumentHelp("Address for stats and hello; off by default.", valueName: "host:port"))
  var adminListen: String?

  @Flag(help: "Serve stats and hello on the main listener too, and put x-gzproxy-… fields on every response.")
  var telemetry = false

  @Flag(help: "Allow listening beyond this machine although anyone who reaches the port can use the proxy.")
  var insecureOpen = false

  @Option(help: ArgumentHelp("PEM certificates that the upstream's is checked against.", valueName: "file"))
  var cacert: String?

  init() {}

  /// - Throws: when it is no address, or one beyond loopback without consent.
  func address(_ text: String, _ option: String) throws(ToolFailure) -> HostAndPort {
    let address: HostAndPort
    do { address = try HostAndPort(text) } catch { throw .usage("\(option) \(text): \(error.description)") }
    guard address.isLoopback || insecureOpen else {
      throw .usage(
        "\(option) \(text) is reachable from other machines and the proxy asks nobody who they are; "
          + "listen on 127.0.0.1, or add --insecure-open if that is meant")
    }
    return address
  }
}

enum Switch: String, ExpressibleByArgument, CaseIterable, Sendable { case on, off }

struct SocketOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Event loops. (default: one per core)", valueName: "n"))
  var threads: Int?

  @Option(help: "Name this proxy in Via. nginx origins stop compressing when they see Via, unless gzip_proxied is set.")
  var via = Switch.on

  @Option(help: ArgumentHelp("Receive buffer of upstream sockets.", valueName: "size"))
  var upstreamRcvbuf = ByteSize(bytes: 1_048_576)

  @Option(help: ArgumentHelp("Send buffer of client sockets.", valueName: "size"))
  var clientSndbuf = ByteSize(bytes: 1_048_576)

  init() {}

  func apply(_ configuration: inout ProxyConfiguration) throws(ToolFailure) {
    let threads = threads ?? System.coreCount
    guard (1...1024).contains(threads) else { throw .usage("--threads \(threads): must be from 1 to 1024") }
    configuration.threads = threads
    configuration.via = via == .on
    configuration.upstreamReceiveBuffer = try Self.buffer(upstreamRcvbuf, "--upstream-rcvbuf")
    configuration.clientSendBuffer = try Self.buffer(clientSndbuf, "--client-sndbuf")
  }

  private static func buffer(_ size: ByteSize, _ option: String) throws(ToolFailure) -> Int {
    guard (4096...1_073_741_824).contains(size.bytes) else { throw .usage("\(option): must be from 4KiB to 1GiB") }
    return Int(size.bytes)
  }
}

struct ClientLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Longest request line (414 beyond).", valueName: "size"))
  var maxRequestLine = ByteSize(bytes: 8 * 1024)
  @Option(help: ArgumentHelp("Most bytes of header fields (431 beyond; 502 from the upstream).", valueName: "size"))
  var maxHeaderBytes = ByteSize(bytes: 64 * 1024)
  @Option(help: ArgumentHelp("Most header fields.", valueName: "n"))
  var maxHeaderCount = 128
  @Option(help: ArgumentHelp("For a whole request head (408 beyond).", valueName: "time"))
  var clientHeadTimeout = TimeSpan.seconds(10)
  @Option(help: ArgumentHelp("For an idle connection between requests.", valueName: "time"))
  var clientIdleTimeout = TimeSpan.seconds(75)
  @Option(help: ArgumentHelp("For silence inside a request body; 0 is no limit.", valueName: "time"))
  var clientBodyTimeout = TimeSpan.seconds(30)
  @Option(help: ArgumentHelp("For a client that takes nothing of its response; 0 is no limit.", valueName: "time"))
  var clientWriteTimeout = TimeSpan.seconds(60)
  @Option(help: ArgumentHelp("For streams to finish after SIGTERM.", valueName: "time"))
  var drainLimit = TimeSpan.seconds(30)

  init() {}

  func apply(_ limits: inout ProxyLimits) throws(ToolFailure) {
    guard (64...1_048_576).contains(maxRequestLine.bytes) else {
      throw .usage("--max-request-line: must be from 64 to 1MiB")
    }
    guard (256...1_048_576).contains(maxHeaderBytes.bytes) else {
      throw .usage("--max-header-bytes: must be from 256 to 1MiB")
    }
    guard (1...10_000).contains(maxHeaderCount) else { throw .usage("--max-header-count: must be from 1 to 10000") }
    limits.requestLine = Int(maxRequestLine.bytes)
    limits.headerBytes = Int(maxHeaderBytes.bytes)
    limits.headerCount = maxHeaderCount
    limits.clientHead = clientHeadTimeout.duration
    limits.clientIdle = clientIdleTimeout.duration
    limits.clientBody = clientBodyTimeout.duration
    limits.clientWrite = clientWriteTimeout.duration
    limits.drain = drainLimit.duration
  }
}

struct UpstreamLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("For connecting, TLS included (504 beyond).", valueName: "time"))
  var upstreamConnectTimeout = TimeSpan.seconds(5)
  @Option(
    help: ArgumentHelp("For the response head, from the whole request; 0 is no limit (504 beyond).", valueName: "time"))
  var upstreamHeadTimeout = TimeSpan.seconds(60)
  @Option(help: ArgumentHelp("For silence inside a response body; 0 is no limit.", valueName: "time"))
  var upstreamBodyTimeout = TimeSpan.seconds(60)
  @Option(help: ArgumentHelp("For an upstream that takes nothing of a request body; 0 is no limit.", valueName: "time"))
  var upstreamWriteTimeout = TimeSpan.seconds(30)
  @Option(help: ArgumentHelp("For an idle connection kept for reuse; keep it below the upstream's.", valueName: "time"))
  var upstreamIdleTimeout = TimeSpan.seconds(4)
  @Option(help: ArgumentHelp("Most connections to the upstream (503 beyond).", valueName: "n"))
  var maxUpstreamConnections = 1024

  init() {}

  func apply(_ limits: inout ProxyLimits) throws(ToolFailure) {
    guard (1...1_000_000).contains(maxUpstreamConnections) else {
      throw .usage("--max-upstream-connections: must be from 1 to 1000000")
    }
    limits.upstreamConnect = upstreamConnectTimeout.duration
    limits.upstreamHead = upstreamHeadTimeout.duration
    limits.upstreamBody = upstreamBodyTimeout.duration
    limits.upstreamWrite = upstreamWriteTimeout.duration
    limits.upstreamIdle = upstreamIdleTimeout.duration
    limits.upstreamConnections = maxUpstreamConnections
  }
}

extension TimeSpan {
  /// At most a year, so that sums of times never overflow.
  var duration: Duration { .nanoseconds(min(nanoseconds, 31_536_000_000_000_000)) }
}
