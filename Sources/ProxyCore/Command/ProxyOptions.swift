internal import ArgumentParser
internal import ToolSupport

/// All options of a proxy, the same for `serve` and `check`.
struct ProxyOptions: ParsableArguments {
  @OptionGroup(title: "Where") var target: TargetOptions
  @OptionGroup(title: "Where") var places: PlaceOptions
  @OptionGroup(title: "What the upstream is told") var forwarding: ForwardingOptions
  @OptionGroup(title: "What is told of the streams") var reporting: ReportingOptions
  @OptionGroup(title: "Limits of clients") var clientLimits: ClientLimitOptions
  @OptionGroup(title: "Limits of the upstream") var upstreamLimits: UpstreamLimitOptions
  @OptionGroup(title: "Sockets and threads") var sockets: SocketOptions

  init() {}

  /// Turns words into meaning, once.
  ///
  /// - Throws: `usage`, naming the option.
  func makeConfiguration() throws(ToolFailure) -> ProxyConfiguration {
    var configuration = try places.addresses(target)
    try forwarding.apply(&configuration)
    try reporting.apply(&configuration)
    try sockets.apply(&configuration)
    try clientLimits.apply(&configuration.limits)
    try upstreamLimits.apply(&configuration.limits)
    return configuration
  }
}
