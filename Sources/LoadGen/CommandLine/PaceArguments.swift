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
    name: [.customShort("q"), .customLong("rate")], parsing: .unconditional,
    help: ArgumentHelp(
      "Arrivals a second in all (or /m), such as 100, 2.5/s, 90/m, whatever the target does; at most -c run at once.",
      valueName: "rate"))
  var rate: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Change evenly over time: lanes as in 30s:100,1m:0, or arrivals as in 30s:100/s,1m:0/s.",
      valueName: "duration:target,…"))
  var stages: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Streams that arrive at the same moment, again and again, such as 50@10s.", valueName: "n@period"))
  var burst: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Load for this long before anything counts.", valueName: "duration"))
  var warmUp: String?

  @Flag(help: "Take times from the real start of streams, not from the planned one.")
  var noLatencyCorrection = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Do part I of a plan that N processes share, such as 2/8.", valueName: "i/n"))
  var shard: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Begin at this time, such as 2026-11-22T10:00:00Z, or @ and seconds since 1970.", valueName: "time"))
  var startAt: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How long running streams may go on after the end (30s); after a signal never more than 2s.",
      valueName: "duration"))
  var grace: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of whatever is random (0).", valueName: "number"))
  var seed: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Loop threads (chosen from the cores and -c).", valueName: "count"))
  var threads: String?
}
