internal import ArgumentParser
internal import ToolSupport

/// What the upstream may take, and how its connections are used.
struct UpstreamLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("For connecting, TLS included; 504 beyond. 0 is no limit.", valueName: "time"))
  var upstreamConnectTimeout = TimeSpan.seconds(5)
  @Option(
    help: ArgumentHelp(
      "For the response head, from the whole request on; 504 beyond. 0 is no limit.", valueName: "time"))
  var upstreamHeadTimeout = TimeSpan.seconds(60)
  @Option(help: ArgumentHelp("For silence inside a response body; cut beyond. 0 is no limit.", valueName: "time"))
  var upstreamBodyTimeout = TimeSpan.seconds(60)
  @Option(
    help: ArgumentHelp(
      "For an upstream that takes nothing of a request body; 504 beyond. 0 is no limit.", valueName: "time"))
  var upstreamWriteTimeout = TimeSpan.seconds(30)
  @Option(
    help: ArgumentHelp(
      "Least bytes a second of a response body, on average over --upstream-body-timeout; cut below. 0 is no limit.",
      valueName: "size"))
  var upstreamMinRate = ByteSize(bytes: 0)
  @Option(
    help: ArgumentHelp(
      "Longest wait of a response head for the first byte of its body, so that a failure in between is a 502. "
        + "0 passes heads on at once.", valueName: "time"))
  var holdHead = TimeSpan.seconds(0)
  @Option(help: ArgumentHelp("Most connections to the upstream, idle ones included; 503 beyond.", valueName: "n"))
  var maxUpstreamConnections = 1024
  @Option(
    help: ArgumentHelp(
      "For an idle connection kept for reuse; keep it below the upstream's own. 0 is no limit.", valueName: "time"))
  var upstreamIdleTimeout = TimeSpan.seconds(4)
  @Option(help: ArgumentHelp("Requests on one connection before it is closed. 0 is no limit.", valueName: "n"))
  var upstreamMaxRequests = 1000
  @Option(help: ArgumentHelp("Age of a connection at which it is no longer reused. 0 is no limit.", valueName: "time"))
  var upstreamMaxAge = TimeSpan.seconds(3600)
  @Option(
    help: ArgumentHelp(
      "Bytes of a request body kept to send it again when a reused connection was dead; at most 1MiB. A longer body is "
        + "never sent twice.", valueName: "size"))
  var replayBuffer = ByteSize(bytes: 64 * 1024)

  init() {}

  func apply(_ limits: inout ProxyLimits) throws(ToolFailure) {
    limits.upstreamConnect = try Ranges.time(upstreamConnectTimeout, "--upstream-connect-timeout")
    limits.upstreamHead = try Ranges.time(upstreamHeadTimeout, "--upstream-head-timeout")
    limits.upstreamBody = try Ranges.time(upstreamBodyTimeout, "--upstream-body-timeout")
    limits.upstreamWrite = try Ranges.time(upstreamWriteTimeout, "--upstream-write-timeout")
    limits.upstreamRate = Int64(try Ranges.size(upstreamMinRate, 0...1_073_741_824, "--upstream-min-rate"))
    limits.holdHead = try Ranges.time(holdHead, to: .seconds(60), "--hold-head")
    limits.upstreamConnections = try Ranges.number(
      maxUpstreamConnections, 1...1_000_000, "--max-upstream-connections")
    limits.upstreamIdle = try Ranges.time(upstreamIdleTimeout, "--upstream-idle-timeout")
    limits.upstreamRequests = try Ranges.number(upstreamMaxRequests, 0...1_000_000_000, "--upstream-max-requests")
    limits.upstreamAge = try Ranges.time(upstreamMaxAge, "--upstream-max-age")
    limits.replayBuffer = try Ranges.size(replayBuffer, 0...1_048_576, "--replay-buffer")
  }
}
