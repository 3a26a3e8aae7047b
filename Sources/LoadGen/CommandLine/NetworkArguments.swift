internal import ArgumentParser

/// Connections and their limits.
struct NetworkArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("x"), .customLong("proxy")], parsing: .unconditional,
    help: ArgumentHelp(
      "Through this proxy: http, https, socks4, socks4a, socks5 or socks5h. Those of the environment are ignored.",
      valueName: "proxy"))
  var proxy: String?

  @Flag(name: [.customShort("k"), .customLong("insecure")], help: "Accept any TLS certificate.")
  var insecure = false

  @Option(
    name: .customLong("cacert"),
    help: ArgumentHelp("Authorities for the target's certificate (PEM).", valueName: "file"), completion: .file())
  var authorities: String?

  @Option(
    name: [.customShort("E"), .customLong("cert")],
    help: ArgumentHelp("The client's certificate, and its key unless --key has it (PEM).", valueName: "file"),
    completion: .file())
  var certificate: String?

  @Option(
    name: .customLong("key"), help: ArgumentHelp("The client's key (PEM, not encrypted).", valueName: "file"),
    completion: .file())
  var key: String?

  @Option(
    name: .customLong("unix-socket"),
    help: ArgumentHelp("Connect to this socket instead of host and port.", valueName: "path"), completion: .file())
  var unixSocket: String?

  @Option(
    name: .customLong("connect-to"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "HOST:PORT:HOST2:PORT2: connect there instead, and ask for the URL's host all the same; may be repeated.",
      valueName: "route"))
  var connectTo: [String] = []

  @Option(
    name: .customLong("resolve"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("HOST:PORT:ADDRESS: what a name stands for; may be repeated.", valueName: "entry"))
  var resolve: [String] = []

  @Flag(name: [.customShort("4"), .customLong("ipv4")], help: "Only IPv4 addresses of names.")
  var ipv4 = false

  @Flag(name: [.customShort("6"), .customLong("ipv6")], help: "Only IPv6 addresses of names.")
  var ipv6 = false

  @Option(
    name: .customLong("connect-timeout"), parsing: .unconditional,
    help: ArgumentHelp("For name, connection and TLS (5s).", valueName: "duration"))
  var connectTimeout: String?

  @Option(
    name: .customLong("stall-timeout"), parsing: .unconditional,
    help: ArgumentHelp("Longest silence of a stream (30s).", valueName: "duration"))
  var stallTimeout: String?

  @Option(
    name: [.customShort("t"), .customLong("max-time")], parsing: .unconditional,
    help: ArgumentHelp("Longest whole stream (no limit).", valueName: "duration"))
  var maxTime: String?
}
