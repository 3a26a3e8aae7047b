internal import ArgumentParser
internal import ToolSupport

/// Where the proxy listens and where it forwards to.
struct PlaceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("YAML file with more options, `name: value` a line. What is said here wins.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Address to listen on; port 0 lets the system choose.", valueName: "host:port"))
  var listen = "127.0.0.1:8080"

  @Option(help: ArgumentHelp("Server to forward to: http or https, with an optional path prefix.", valueName: "url"))
  var upstream: String?

  @Option(
    help: ArgumentHelp(
      "Address for healthz, readyz, stats, metrics and hello, apart from the public one; off by default.",
      valueName: "host:port"))
  var adminListen: String?

  @Flag(help: "Allow listening beyond this machine although anyone who reaches the port can use the proxy.")
  var insecureOpen = false

  @Option(
    help: ArgumentHelp(
      "PEM certificates that the upstream's is checked against; the system's by default.", valueName: "file"))
  var cacert: String?

  init() {}

  func addresses() throws(ToolFailure) -> ProxyConfiguration {
    let listen = try address(listen, "--listen")
    var configuration = ProxyConfiguration(listen: listen, upstream: try target())
    configuration.adminListen = try adminListen.map { text throws(ToolFailure) in try address(text, "--admin-listen") }
    configuration.certificateAuthorities = cacert
    return configuration
  }

  private func target() throws(ToolFailure) -> UpstreamTarget {
    guard let url = upstream else {
      throw .usage("--upstream", "is missing: name the server to forward to, as in --upstream http://127.0.0.1:9000")
    }
    do { return try UpstreamTarget(url: url) } catch {
      throw .usage("--upstream", "\(SecretText.masked(url)): \(error.description), as in http://127.0.0.1:9000")
    }
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
