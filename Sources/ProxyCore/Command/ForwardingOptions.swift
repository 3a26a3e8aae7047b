public import ArgumentParser
internal import ToolSupport

enum Switch: String, ExpressibleByArgument, CaseIterable, Sendable { case on, off }

extension HostPolicy: ExpressibleByArgument {}

/// What the upstream is told of the client and of this proxy.
struct ForwardingOptions: ParsableArguments {
  enum RequestIDPolicy: String, ExpressibleByArgument, CaseIterable, Sendable { case accept, make }

  @Option(help: "Host that the upstream reads: its own (rewrite) or what the client addressed (preserve).")
  var hostHeader = HostPolicy.rewrite

  @Option(help: "Name this proxy in Via. nginx origins stop compressing when they see Via, unless gzip_proxied is set.")
  var via = Switch.on

  @Option(
    help: ArgumentHelp(
      "Peers whose own Forwarded and X-Forwarded-… are kept, as 10.0.0.0/8; repeatable. None by default.",
      valueName: "cidr"))
  var trustedProxy: [String] = []

  @Option(help: "A client's X-Request-Id: taken when it is safe to print (accept), or always a new one (make).")
  var requestId = RequestIDPolicy.accept

  init() {}

  func apply(_ configuration: inout ProxyConfiguration) throws(ToolFailure) {
    configuration.hostPolicy = hostHeader
    configuration.via = via == .on
    configuration.acceptsRequestID = requestId == .accept
    configuration.trustedProxies = []
    for text in trustedProxy {
      do { configuration.trustedProxies.append(try AddressRange(text)) } catch {
        throw .usage("--trusted-proxy", "\(text): \(error.description)")
      }
    }
  }
}
