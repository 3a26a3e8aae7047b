internal import ArgumentParser

/// Connections and their limits.
struct NetworkArguments: ParsableArguments, Sendable {
  @Flag(name: [.customShort("k"), .customLong("insecure")], help: "Accept any TLS certificate.")
  var insecure = false

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
