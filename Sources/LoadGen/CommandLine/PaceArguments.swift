internal import ArgumentParser

/// How much load, and for how long.
struct PaceArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("c"), .customLong("concurrency")], parsing: .unconditional,
    help: ArgumentHelp("Streams at the same time (gzload: 50, gztop: 8).", valueName: "lanes"))
  var concurrency: String?

  @Option(
    name: [.customShort("n"), .customLong("streams")], parsing: .unconditional,
    help: ArgumentHelp(
      "Streams in all, such as 200, 10k, 1m (gzload without -n and -z: 200).", valueName: "streams"))
  var streams: String?

  @Option(
    name: [.customShort("z"), .customLong("duration")], parsing: .unconditional,
    help: ArgumentHelp("Start streams for this long, such as 30s or 5m.", valueName: "duration"))
  var duration: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How long running streams may go on after the end (30s).", valueName: "duration"))
  var grace: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of whatever is random (0).", valueName: "number"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Loop threads (chosen from the cores and -c).", valueName: "count"))
  var threads: String?
}
