internal import ArgumentParser

/// What a stream must prove, and a run.
struct JudgingArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "full inflates every body; compare (the default) inflates the first of a URL and compares the others with it; "
        + "frame checks HTTP framing alone; off checks nothing.", valueName: "full|compare|frame|off"),
    completion: .list(ValidationMode.allCases.map(\.rawValue)))
  var validate: String?

  @Option(
    name: .customLong("reference-memory"), parsing: .unconditional,
    help: ArgumentHelp("Memory for the bodies that compare keeps (256MiB).", valueName: "size"))
  var referenceMemory: String?

  @Option(help: ArgumentHelp("A successful GET must bring gzip.", valueName: "gzip"), completion: .list(["gzip"]))
  var expect: String?

  @Option(
    name: .customLong("expect-status"),
    help: ArgumentHelp("Statuses that are no failure (200-399).", valueName: "list"))
  var expectStatus: String?

  @Option(
    name: .customLong("expect-header"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "A response header every stream must have, with this value, or with any after 'name:'; may be repeated.",
      valueName: "name: value"))
  var expectHeaders: [String] = []

  @Option(
    name: .customLong("expect-sha256"),
    help: ArgumentHelp("Of every body as it arrives, compressed.", valueName: "hex"))
  var expectSHA256: String?

  @Option(
    name: .customLong("expect-length"), parsing: .unconditional,
    help: ArgumentHelp("Of every body as it arrives, in bytes or as a size.", valueName: "size"))
  var expectLength: String?

  @Option(
    name: .customLong("expect-sha256-decoded"),
    help: ArgumentHelp("Of what every gzip body inflates to.", valueName: "hex"))
  var expectDecodedSHA256: String?

  @Option(
    name: .customLong("expect-length-decoded"), parsing: .unconditional,
    help: ArgumentHelp("Of what every gzip body inflates to.", valueName: "size"))
  var expectDecodedLength: String?

  @Option(
    name: .customLong("slow-start"), parsing: .unconditional,
    help: ArgumentHelp("A first byte later than this counts as a slow start (1s).", valueName: "duration"))
  var slowStart: String?

  @Option(
    name: .customLong("silent-gap"), parsing: .unconditional,
    help: ArgumentHelp("A silence in a body longer than this counts as a gap (1s).", valueName: "duration"))
  var silentGap: String?

  @Option(
    name: .customLong("threshold"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What the run must keep to, such as 'stream_ttfb:p(95) < 500ms' or 'http_502:rate < 1%'; may be repeated. "
        + "Unless one is about the same, stream_failed:rate == 0 and gzip_invalid:rate == 0 hold too.",
      valueName: "metric:agg op value"))
  var thresholds: [String] = []

  @Flag(name: .customLong("no-default-thresholds"), help: "Only the thresholds given hold.")
  var noDefaultThresholds = false

  @Flag(name: .customLong("abort-on-fail"), help: "End the run as soon as a threshold fails.")
  var abortOnFail = false

  @Option(
    name: .customLong("abort-delay"), parsing: .unconditional,
    help: ArgumentHelp(
      "What might still recover (a rate, a percentile) ends the run only after this (10s).", valueName: "duration"))
  var abortDelay: String?

  @Option(
    name: .customLong("abort-min-streams"), parsing: .unconditional,
    help: ArgumentHelp("And only after so many streams (100).", valueName: "streams"))
  var abortMinimumStreams: String?

  @Option(
    name: .customLong("watch-pid"), parsing: .unconditional,
    help: ArgumentHelp("The target's memory: of this process and its descendants (Linux).", valueName: "pid"))
  var watchPid: String?

  @Option(
    name: .customLong("watch-url"),
    help: ArgumentHelp(
      "The target's memory: what gzproxy says there (path: /.gzproxy/stats), or gzlambda at its /.gzlambda/stats.",
      valueName: "url"))
  var watchURL: String?
}
