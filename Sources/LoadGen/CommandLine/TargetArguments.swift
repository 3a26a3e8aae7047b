internal import ArgumentParser

/// Where the streams go.
struct TargetArguments: ParsableArguments, Sendable {
  @Argument(
    help: ArgumentHelp(
      "http:// or https:// URLs, taken in turn; with --embedded, paths on the lab's origin. {seq}, {uuid} and {rand:N}"
        + " in path or query, in headers and in a typed body are filled in by each stream.", valueName: "url"))
  var urls: [String] = []

  @Option(
    name: [.customShort("f"), .customLong("file"), .customLong("targets")],
    help: ArgumentHelp(
      "Targets from a file: a URL a line, or METHOD URL, header lines and @BODYFILE as vegeta has them. '# weight: 3'"
        + " before a target makes it three times as likely.", valueName: "file"), completion: .file())
  var file: String?

  @Option(
    help: ArgumentHelp(
      "Start a proxy and an origin as child processes and load them. =naive puts a broken proxy between them; =lambda "
        + "makes the proxy the runtime of a local Lambda function, =buffered of one whose responses do not stream; without "
        + "a value it is =proxy.", valueName: "mode"), completion: .list(LabMode.allCases.map(\.rawValue)))
  var embedded: String?

  @Option(
    name: .customLong("lab-concurrency"), parsing: .unconditional,
    help: ArgumentHelp(
      "Invocations at once that the lab's function takes, of =lambda and =buffered (64, or -c where that is more).",
      valueName: "n"))
  var labConcurrency: String?
}
