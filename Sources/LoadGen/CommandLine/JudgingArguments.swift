internal import ArgumentParser

/// What a stream must prove.
struct JudgingArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "full inflates every body; compare (the default) inflates the first of a URL and compares the others with it; "
        + "frame checks HTTP framing alone; off checks nothing.", valueName: "full|compare|frame|off"))
  var validate: String?

  @Option(
    name: .customLong("reference-memory"), parsing: .unconditional,
    help: ArgumentHelp("Memory for the bodies that compare keeps (256MiB).", valueName: "size"))
  var referenceMemory: String?

  @Option(help: ArgumentHelp("A successful GET must bring gzip.", valueName: "gzip"))
  var expect: String?

  @Option(
    name: .customLong("expect-status"),
    help: ArgumentHelp("Statuses that are no failure (200-399).", valueName: "list"))
  var expectStatus: String?

  @Option(
    name: .customLong("expect-header"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A response header every stream must have; may be repeated.", valueName: "name: value"))
  var expectHeaders: [String] = []

  @Option(
    name: .customLong("expect-sha256"),
    help: ArgumentHelp("Of every body as it arrives, compressed.", valueName: "hex"))
  var expectSHA256: String?

  @Option(
    name: .customLong("expect-length"), parsing: .unconditional,
    help: ArgumentHelp("Of every body as it arrives, in bytes or as a size.", valueName: "size"))
  var expectLength: String?
}
