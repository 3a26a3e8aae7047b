internal import ArgumentParser
internal import ToolSupport

extension LambdaSettings.Mode: ExpressibleByArgument {}
extension LambdaSettings.Abort: ExpressibleByArgument {}
extension LambdaSettings.Sentinel: ExpressibleByArgument {}

/// What only a function's runtime is told.
struct LambdaOptions: ParsableArguments {
  @Option(
    help: """
      How responses go back: as they come (stream; the front must be set to it too), or whole, as JSON of at most 6 MB \
      (buffered). HTTP APIs and load balancers never stream.
      """)
  var lambdaMode = LambdaSettings.Mode.stream

  @Option(
    help: """
      How a body that was cut is told: its upload ends with the error in trailers, which Lambda may count as a success \
      (trailers), or breaks (reset), which may cost a function with one invocation at a time its process.
      """)
  var abort = LambdaSettings.Abort.trailers

  @Option(
    help: """
      Give an empty body that streams one byte, or an empty gzip member where its coding is gzip, since some fronts \
      never end an empty one; auto: on a Function URL.
      """)
  var sentinel = LambdaSettings.Sentinel.auto

  @Flag(
    help: "Answer GET and HEAD with a 307 to the upstream's own URL when the response is larger than Lambda's limit.")
  var redirectOversize = false

  @Option(
    help: ArgumentHelp(
      "How long before its deadline an invocation is ended, so that its end can still be told.", valueName: "time"))
  var deadlineMargin = TimeSpan.seconds(0.75)

  @Option(
    help: ArgumentHelp(
      "Most bytes of a response that streams: AWS says 200 MB, and not of which kind.", valueName: "size"))
  var streamLimit = ByteSize(bytes: 200_000_000)

  init() {}

  func apply(_ settings: inout LambdaSettings) throws(ToolFailure) {
    settings.mode = lambdaMode
    settings.abort = abort
    settings.sentinel = sentinel
    settings.redirectsOversize = redirectOversize
    settings.margin = try Ranges.time(deadlineMargin, to: .seconds(60), "--deadline-margin")
    settings.streamLimit = Int64(try Ranges.size(streamLimit, 65536...1_099_511_627_776, "--stream-limit"))
  }
}
