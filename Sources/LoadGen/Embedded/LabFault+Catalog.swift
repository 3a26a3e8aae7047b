extension LabFault {
  /// One row of the menu.
  public struct Choice: Sendable, Equatable {
    public var fault: LabFault
    /// One line: what happens, and what one will see of it.
    public var explanation: String
  }

  /// All that a lab can be made to do wrong, in the order of a menu: what can be compared with the cure first, then the bodies, then
  /// what stands before a function.
  public static func all(for mode: LabMode) -> [Choice] {
    let naive = mode == .naive ? [] : [Choice(fault: .naive, explanation: naiveExplanation)]
    let bodies = bodyFaults.map { Choice(fault: .body($0.name), explanation: $0.explanation(mode)) }
    return naive + bodies + fronts.map { Choice(fault: .front($0.name), explanation: $0.explanation(mode)) }
  }

  private static let naiveExplanation =
    "half of the streams go through a proxy that copies Content-Length beside chunked: they are 502 length_and_chunked,"
    + " those beside them stay healthy"

  private struct Row {
    var name: String
    var text: String
    /// Where a function that streams, or one that does not, makes something else of it.
    var streaming: String?
    var buffered: String?

    init(_ name: String, _ text: String, streaming: String? = nil, buffered: String? = nil) {
      self.name = name
      self.text = text
      self.streaming = streaming
      self.buffered = buffered
    }

    /// Whatever has a Content-Length is lost on the way there.
    private var naive: String {
      LabFault.passesNaive.contains(name)
        ? text
        : "not to be seen in this lab: what has a Content-Length is a 502 length_and_chunked here, whatever else is wrong"
    }

    func explanation(_ mode: LabMode) -> String {
      switch mode {
      case .proxy: text
      case .naive: naive
      case .lambda: streaming ?? text
      case .buffered: buffered ?? text
      }
    }
  }

  /// They come without a Content-Length.
  private static let passesNaive: Set<String> = ["no-prelude", "prelude-leak", "in-band-error", "decoded"]

  /// gzorigin's faults, those of the connection first.
  private static let bodyFaults = [
    Row(
      "cut",
      "the origin closes in the middle of the body: gzproxy must not end it cleanly; verdict truncated, transport cut",
      streaming:
        "the origin closes in the middle of the body: a function has begun to stream, so HTTP ends cleanly; only the verdict"
        + " truncated tells",
      buffered:
        "the origin closes in the middle of the body: nothing was sent yet, so each is a 502 http_response_incomplete"),
    Row(
      "reset",
      "the origin resets the connection in the middle of the body (RST): verdict truncated, transport cut",
      streaming:
        "the origin resets the connection in the middle of the body (RST): HTTP ends cleanly; only the verdict truncated"
        + " tells",
      buffered:
        "the origin resets the connection in the middle of the body (RST): each is a 502 http_response_incomplete"),
    Row(
      "stall",
      "the origin falls silent in the middle of the body and keeps the connection: streams hang, then end stalled after"
        + " --stall-timeout",
      buffered:
        "the origin falls silent in the middle of the body: no head comes either; streams hang, then end stalled after"
        + " --stall-timeout"),
    Row(
      "short_length",
      "the gzip is whole, but Content-Length promised 1 KiB more: verdict valid, and all the same transport cut",
      streaming:
        "the gzip is whole, but the origin's Content-Length promised 1 KiB more: a function's stream has no length, so nothing"
        + " fails here",
      buffered:
        "the gzip is whole, but the origin's Content-Length promised 1 KiB more: each is a 502 http_response_incomplete"
    ),
    Row(
      "length_and_chunked",
      "the origin sends Content-Length beside Transfer-Encoding: gzproxy refuses it, each is a 502 length_and_chunked"),
    Row("truncate", "the gzip ends in its middle, and HTTP says all is well: only the verdict truncated tells"),
    Row("no_trailer", "the last eight bytes of the gzip are missing, and HTTP says all is well: verdict truncated"),
    Row("bitflip", "one bit is flipped in the middle of the gzip: it cannot be inflated; verdict corrupt_data"),
    Row("crc", "the CRC32 in the gzip trailer is wrong: it inflates, and the sum does not agree; verdict corrupt_crc"),
    Row("isize", "the length in the gzip trailer is wrong: it inflates to another length; verdict corrupt_length"),
    Row(
      "trailing", "a line of text follows the gzip: whole, and then bytes that belong to nothing; verdict trailing_data"
    ),
    Row("not_gzip", "the body is JSON text, labelled gzip: verdict not_gzip"),
  ]

  /// What gzorigin imitates, service by service.
  private static let fronts = [
    Row("function-url-502", "a Lambda function URL whose function failed before its head: 502 function_error"),
    Row("function-url-403", "a Lambda function URL that refuses the caller: 403 forbidden"),
    Row(
      "no-prelude",
      "a stream that ended before its prelude: 200 with an empty body, which fails only with --expect-gzip"),
    Row("prelude-leak", "the prelude of a streamed response came as the body's first bytes: verdict prelude_leaked"),
    Row(
      "in-band-error", "the function failed midway and its runtime wrote the error into the body: verdict in_band_error"
    ),
    Row("decoded", "an edge inflated the body on the way: verdict decoded_on_the_way"),
    Row("base64-body", "a REST API without binary media types: the gzip comes as base64 text; verdict base64_text"),
    Row("throttle-429", "Lambda has no instance free: 429 throttled"),
    Row("rest-500-prelude", "a REST API that cannot use the streaming prelude: 500 prelude_invalid"),
    Row("rest-502", "a REST API whose function failed, or answered in a wrong shape: 502 function_error"),
    Row("rest-504", "a REST API that waited 29 s and gave up: 504 gateway_timeout"),
    Row("rest-403-missing-token", "a REST API that knows no such path, or wants a signature: 403 forbidden"),
    Row("rest-413", "a REST API that finds the request's body too large: 413 request_too_large"),
    Row("rest-429", "a REST API over its rate limit: 429 throttled"),
    Row("http-api-500", "an HTTP API whose function failed: 500 function_error"),
    Row("http-api-503", "an HTTP API that got no answer from Lambda: 503 throttled"),
    Row("http-api-403", "an HTTP API that refuses the caller: 403 forbidden"),
    Row("http-api-413", "an HTTP API that finds the request's body too large: 413 request_too_large"),
    Row("http-api-429", "an HTTP API over its rate limit: 429 throttled"),
    Row(
      "alb-502", "a load balancer that cannot use the function's answer: 502 alb_invalid_response",
      streaming:
        "a load balancer that cannot use the function's answer: 502, behind a function without its signs: unknown"),
    Row(
      "alb-503", "a load balancer without a free function or healthy target: 503 throttled",
      streaming:
        "a load balancer without a free function or healthy target: 503, behind a function without its signs: unknown"
    ),
    Row("alb-504", "a load balancer whose function did not answer in time: 504 gateway_timeout"),
    Row("alb-413", "a load balancer that finds the request's body too large: 413 request_too_large"),
  ]
}
