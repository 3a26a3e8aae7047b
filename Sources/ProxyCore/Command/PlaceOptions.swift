internal import ArgumentParser
internal import ToolSupport

/// Where the proxy listens.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Address to listen on; port 0 lets the system choose.", valueName: "host:port"))
  var listen = "127.0.0.1:8080"

  @Option(
    help: ArgumentHelp(
      "Address for healthz, readyz, stats, metrics and hello, apart from the public one; off by default.",
      valueName: "host:port"))
  var adminListen: String?

  @Flag(help: "Allow listening beyond this machine although anyone who reaches the port can use the proxy.")
  var insecureOpen = false

  init() {}

  func addresses(_ target: TargetOptions) throws(ToolFailure) -> ProxyConfiguration {
    let listen = try address(listen, "--listen")
    var configuration = ProxyConfiguration(listen: listen, upstream: try target.target())
    configuration.adminListen = try adminListen.map { text throws(ToolFailure) in try address(text, "--admin-listen") }
    configuration.certificateAuthorities = target.cacert
    return configuration
  }

  /// - Throws: when it is no address, or one beyond loopback without consent.
  private func address(_ text: String, _ option: String) throws(ToolFailure) -> HostAndPort {
    let address: HostAndPort
    do { address = try HostAndPort(text) } catch { throw .usage(option, "\(text): \(error.description)") }
    guard address.isLoopback || insecureOpen else {
      throw .usage(
        option,
        "\(text) is reachable from other machines and the proxy asks nobody who they are; "
          + "listen on 127.0.0.1, or add --insecure-open if that is meant")
    }
    return address
  }
}
