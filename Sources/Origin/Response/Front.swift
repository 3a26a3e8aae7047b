internal import NIOCore
internal import ToolSupport

/// What stands between a client and a function, and how it answers when something is wrong there.
///
/// One table; each row is a whole response but for its `Date`. Where a service sends a different id with every
/// response, a fixed one stands here. Sources: the documented signatures of Lambda Function URLs, API Gateway REST and
/// HTTP APIs, and Application Load Balancers, and of what runtimes and adapters are known to let through.
enum Front: String, CaseIterable, Sendable {
  case functionURL502 = "function-url-502"
  case functionURL403 = "function-url-403"
  case rest500 = "rest-500-prelude"
  case rest502 = "rest-502"
  case rest504 = "rest-504"
  case rest403 = "rest-403-missing-token"
  case rest413 = "rest-413"
  case rest429 = "rest-429"
  case httpAPI500 = "http-api-500"
  case httpAPI503 = "http-api-503"
  case httpAPI403 = "http-api-403"
  case httpAPI413 = "http-api-413"
  case httpAPI429 = "http-api-429"
  case alb502 = "alb-502"
  case alb503 = "alb-503"
  case alb504 = "alb-504"
  case alb413 = "alb-413"
  case throttle429 = "throttle-429"
  case noPrelude = "no-prelude"
  case preludeLeak = "prelude-leak"
  case base64Body = "base64-body"
  case inBandError = "in-band-error"
  case decoded

  /// The gzip body that the last four are made from: 64 KiB of text.
  static let recipe = GzipRecipe(size: 64 * 1024)

  static let requestID = HeaderField("x-amzn-RequestId", "4f5c1c5e-6d1f-4b8a-9d53-7a1b2c3d4e5f")
  static let traceID = HeaderField("X-Amzn-Trace-Id", "Root=1-65f2a1b3-0123456789abcdef01234567;Sampled=0")
  static let gatewayID = HeaderField("x-amz-apigw-id", "UvWxYzAbCdEfGhI=")
  static let json = HeaderField("Content-Type", "application/json")
  private static let gzip = HeaderField("Content-Encoding", "gzip")
  private static let text = HeaderField("Content-Type", "text/plain")

  func plan(_ body: GzipBody) -> ResponsePlan { error ?? broken(body) }

  /// A 200 that is none. Of the errors, which have no body of ours, nothing is asked here.
  private func broken(_ body: GzipBody) -> ResponsePlan {
    switch self {
    // A stream that ended before its prelude.
    case .noPrelude:
      Self.chunked([HeaderField("Content-Type", "application/octet-stream"), Self.requestID, Self.traceID], [])
    // A streamed response whose content type did not say that it begins with a prelude.
    case .preludeLeak:
      Self.chunked(
        [HeaderField("Content-Type", "application/octet-stream"), Self.requestID, Self.traceID],
        [
          .text(#"{"statusCode":200,"headers":{"content-type":"text/plain","content-encoding":"gzip"},"cookies":[]}"#),
          .bytes(ByteBuffer(repeating: 0, count: 8)), .gzip(body, 0..<body.length),
        ])
    // A REST API without binary media types: base64 text, still labelled gzip.
    case .base64Body:
      Self.sized(
        200, [Self.text, Self.gzip, Self.requestID, Self.gatewayID],
        Base64.encode(body.bytes(0..<body.length).readableBytesView))
    // A runtime that writes its error trailers into the body and ends it cleanly.
    case .inBandError:
      Self.chunked(
        [Self.text, Self.gzip, Self.requestID, Self.traceID],
        [.gzip(body, 0..<body.length / 2), .text(Self.errorTrailers)])
    // An edge that inflated the body and kept the function's length under another name.
    case .decoded:
      Self.chunked(
        [
          Self.text, HeaderField("x-amzn-remapped-content-length", "\(body.length)"), Self.requestID, Self.traceID,
        ], [.bytes(ByteBuffer(bytes: body.decoded()))])
    default: .text(500, "\(rawValue): no such body\n")
    }
  }

  /// The second line's value is base64 of the error as JSON.
  static let errorTrailers =
    "Lambda-Runtime-Function-Error-Type: Function.StreamError\r\nLambda-Runtime-Function-Error-Body: "
    + Base64.encode(
      #"{"errorMessage":"upstream closed","errorType":"Function.StreamError","stackTrace":[]}"#.utf8)
    + "\r\n"

  static func sized(_ status: Int, _ fields: [HeaderField], _ text: String) -> ResponsePlan {
    let length = HeaderField("Content-Length", "\(text.utf8.count)")
    return ResponsePlan(head: ResponseHead(status: status, fields: fields + [length]), segments: [.text(text)])
  }

  private static func chunked(_ fields: [HeaderField], _ segments: [Segment]) -> ResponsePlan {
    let framing = HeaderField("Transfer-Encoding", "chunked")
    return ResponsePlan(
      head: ResponseHead(status: 200, fields: fields + [framing]), segments: segments, chunk: 16 * 1024)
  }
}
