internal import ArgumentParser
internal import ToolSupport

/// Where the proxy forwards to.
struct TargetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("YAML file with more options, `name: value` a line. What is said here wins.", valueName: "file"))
  var config: String?

  @Option(help: ArgumentHelp("Server to forward to: http or https, with an optional path prefix.", valueName: "url"))
  var upstream: String?

  @Option(
    help: ArgumentHelp(
      "PEM certificates that the upstream's is checked against; the system's by default.", valueName: "file"))
  var cacert: String?

  init() {}

  func target() throws(ToolFailure) -> UpstreamTarget {
    guard let url = upstream else {
      throw .usage("--upstream", "is missing: name the server to forward to, as in --upstream http://127.0.0.1:9000")
    }
    do { return try UpstreamTarget(url: url) } catch {
      throw .usage("--upstream", "\(SecretText.masked(url)): \(error.description), as in http://127.0.0.1:9000")
    }
  }
}
