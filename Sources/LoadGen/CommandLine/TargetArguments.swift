internal import ArgumentParser

/// Where the streams go.
struct TargetArguments: ParsableArguments, Sendable {
  @Argument(
    help: ArgumentHelp(
      "http:// or https:// URLs, taken in turn; with --embedded, paths on the lab's origin.", valueName: "url"))
  var urls: [String] = []

  @Option(
    help: ArgumentHelp(
      "Start a proxy and an origin as child processes and load them. =naive puts a broken proxy between them; "
        + "without a value it is =proxy.", valueName: "mode"))
  var embedded: String?
}
