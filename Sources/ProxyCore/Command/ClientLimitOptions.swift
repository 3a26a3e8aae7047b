internal import ArgumentParser
internal import ToolSupport

/// What a client may ask for and how long it may take.
struct ClientLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Longest request line; 414 beyond.", valueName: "size"))
  var maxRequestLine = ByteSize(bytes: 8 * 1024)
  @Option(
    help: ArgumentHelp("Most bytes of header fields; 431 beyond, 502 where the upstream's are.", valueName: "size"))
  var maxHeaderBytes = ByteSize(bytes: 64 * 1024)
  @Option(help: ArgumentHelp("Most header fields; 431 beyond, 502 where the upstream's are.", valueName: "n"))
  var maxHeaderCount = 128
  @Option(help: ArgumentHelp("Longest request body; 413 beyond. 0 is no limit.", valueName: "size"))
  var maxRequestBody = ByteSize(bytes: 0)
  @Option(
    help: ArgumentHelp("Most connections from one address; closed beyond. 0 is no limit.", valueName: "n"))
  var maxConnectionsPerClient = 0
  @Option(help: ArgumentHelp("For a whole request head; 408 beyond. 0 is no limit.", valueName: "time"))
  var clientHeadTimeout = TimeSpan.seconds(10)
  @Option(
    help: ArgumentHelp("For an idle connection between requests; closed beyond. 0 is no limit.", valueName: "time"))
  var clientIdleTimeout = TimeSpan.seconds(75)
  @Option(help: ArgumentHelp("For silence inside a request body; 408 beyond. 0 is no limit.", valueName: "time"))
  var clientBodyTimeout = TimeSpan.seconds(30)
  @Option(
    help: ArgumentHelp("For a client that takes nothing of its response; cut beyond. 0 is no limit.", valueName: "time")
  )
  var clientWriteTimeout = TimeSpan.seconds(60)
  @Option(
    help: ArgumentHelp(
      "Least bytes a second of a body, sent or taken, on average over the two times above; cut below. 0 is no limit.",
      valueName: "size"))
  var minClientRate = ByteSize(bytes: 100)
  @Option(help: ArgumentHelp("For streams to finish after SIGTERM; cut beyond. 0 cuts at once.", valueName: "time"))
  var drainLimit = TimeSpan.seconds(30)

  init() {}

  func apply(_ limits: inout ProxyLimits) throws(ToolFailure) {
    limits.requestLine = try Ranges.size(maxRequestLine, 64...1_048_576, "--max-request-line")
    limits.headerBytes = try Ranges.size(maxHeaderBytes, 256...1_048_576, "--max-header-bytes")
    limits.headerCount = try Ranges.number(maxHeaderCount, 1...10_000, "--max-header-count")
    limits.requestBody = maxRequestBody.bytes
    limits.connectionsPerClient = try Ranges.number(
      maxConnectionsPerClient, 0...1_000_000, "--max-connections-per-client")
    limits.clientHead = try Ranges.time(clientHeadTimeout, "--client-head-timeout")
    limits.clientIdle = try Ranges.time(clientIdleTimeout, "--client-idle-timeout")
    limits.clientBody = try Ranges.time(clientBodyTimeout, "--client-body-timeout")
    limits.clientWrite = try Ranges.time(clientWriteTimeout, "--client-write-timeout")
    limits.clientRate = Int64(try Ranges.size(minClientRate, 0...1_073_741_824, "--min-client-rate"))
    limits.drain = try Ranges.time(drainLimit, "--drain-limit")
  }
}
