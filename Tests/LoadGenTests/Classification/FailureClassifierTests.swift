import Testing

@testable import LoadGen

@Suite struct FailureClassifierTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var status: Int
    var fields: [(String, String)] = []
    var body = ""
    var seconds = 0.2
    var cause: FailureCause
    var testDescription: String { name }
  }

  private func classify(_ answer: Case) -> FailureClassifier.Classification? {
    let body = Array(answer.body.utf8)
    return FailureClassifier.classify(
      head: ResponseHead(status: answer.status, fields: answer.fields), bodyHead: Array(body.prefix(256)),
      bodyTail: Array(body.suffix(16)), bytes: Int64(body.count), seconds: answer.seconds)
  }

  private static let requestID = ("x-amzn-RequestId", "8b1cb0a7-2e8f-4a13-8d8c-1c7b1f8f9a10")
  private static let restError = ("x-amzn-ErrorType", "InternalServerErrorException")

  static let fronts: [Case] = [
    Case(
      name: "function-url-502", status: 502, fields: [requestID], body: "Internal Server Error", cause: .functionError),
    Case(name: "21 bytes alone", status: 502, body: "Internal Server Error", cause: .functionError),
    Case(
      name: "with a newline", status: 502, fields: [requestID], body: "Internal Server Error\n", cause: .functionError),
    Case(
      name: "rest-502", status: 502, fields: [requestID, restError, ("x-amz-apigw-id", "abc=")],
      body: #"{"message": "Internal server error"}"#, cause: .functionError),
    Case(
      name: "rest-502 behind CloudFront", status: 502,
      fields: [requestID, restError, ("x-amz-apigw-id", "abc="), ("x-cache", "Error from cloudfront")],
      body: #"{"message": "Internal server error"}"#, cause: .functionError),
    Case(
      name: "rest-500", status: 500, fields: [restError, ("x-amz-apigw-id", "abc=")],
      body: #"{"message": "Internal server error"}"#, cause: .preludeInvalid),
    Case(
      name: "rest-504", status: 504, fields: [("x-amz-apigw-id", "abc=")],
      body: #"{"message": "Endpoint request timed out"}"#, seconds: 29.1, cause: .gatewayTimeout),
    Case(
      name: "http-api-500", status: 500, fields: [("apigw-requestid", "abc=")],
      body: #"{"message":"Internal Server Error"}"#, cause: .functionError),
    Case(
      name: "http-api-500 without its id", status: 500, fields: [requestID],
      body: #"{"message":"Internal Server Error"}"#, cause: .functionError),
    Case(
      name: "http-api-503 at once", status: 503, fields: [("Apigw-Requestid", "abc=")],
      body: #"{"message":"Service Unavailable"}"#, cause: .throttled),
    Case(
      name: "http-api-503 at its limit", status: 503, fields: [("Apigw-Requestid", "abc=")],
      body: #"{"message":"Service Unavailable"}"#, seconds: 30.0, cause: .gatewayTimeout),
    Case(
      name: "alb-502", status: 502, fields: [("Server", "awselb/2.0"), ("Content-Type", "text/html")],
      body: "<html>\r\n<head><title>502 Bad Gateway</title></head>", cause: .albInvalidResponse),
    Case(name: "alb-503", status: 503, fields: [("server", "awselb/2.0")], cause: .throttled),
    Case(name: "alb-504", status: 504, fields: [("server", "awselb/2.0")], cause: .gatewayTimeout),
    Case(
      name: "throttle-429", status: 429,
      fields: [requestID, ("x-amzn-ErrorType", "TooManyRequestsException")],
      body: #"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#,
      cause: .throttled),
    Case(name: "429 alone", status: 429, cause: .throttled),
    Case(
      name: "throttled as 500", status: 500, fields: [("x-amzn-errortype", "TooManyRequestsException")],
      cause: .throttled),
    Case(
      name: "function-url-403", status: 403, fields: [("x-amzn-ErrorType", "AccessDeniedException")],
      body: #"{"Message":"Forbidden. For troubleshooting Function URL authorization issues"}"#, cause: .forbidden),
    Case(name: "401", status: 401, cause: .forbidden),
    Case(name: "rest-413", status: 413, body: #"{"message":"Request Too Long"}"#, cause: .requestTooLarge),
    Case(name: "413 alone", status: 413, cause: .responseTooLarge),
    Case(name: "413 of a server", status: 413, body: "<h1>413 Request Entity Too Large</h1>", cause: .requestTooLarge),
    Case(
      name: "too large by name", status: 502,
      fields: [requestID, ("x-amzn-ErrorType", "Function.ResponseSizeTooLarge")],
      cause: .responseTooLarge),
    Case(
      name: "too large by text", status: 502, fields: [requestID],
      body: #"{"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes)."}"#, cause: .responseTooLarge),
    Case(
      name: "function timeout by text", status: 502, fields: [requestID],
      body: #"{"errorMessage":"2026-01-01T00:00:00Z x Task timed out after 3.00 seconds"}"#, cause: .functionTimeout),
    Case(
      name: "no idle worker", status: 400, fields: [("Error-Type", "Runtime.Unavailable")], cause: .throttled),
    Case(
      name: "exit error", status: 502, body: #"{"errorType":"Runtime.ExitError","errorMessage":"exited"}"#,
      cause: .functionError),
    Case(
      name: "cargo-lambda", status: 500, body: #"{"type":"https://httpstatuses.com/500","status":500}"#,
      cause: .malformedResponse),
    Case(
      name: "malformed", status: 502, body: #"{"message":"malformed Lambda proxy response"}"#, cause: .malformedResponse
    ),
    Case(
      name: "cloudfront-504", status: 504, fields: [("server", "CloudFront")], body: "<HTML>", cause: .gatewayTimeout),
    Case(
      name: "cloudfront dns", status: 502, fields: [("server", "CloudFront")],
      body: "CloudFront wasn't able to resolve the origin domain name.", cause: .upstreamDNS),
    Case(
      name: "cloudfront connect", status: 502, fields: [("server", "CloudFront")],
      body: "CloudFront wasn't able to connect to the origin.", cause: .upstreamRefused),
    Case(name: "cloudfront-502", status: 502, fields: [("server", "CloudFront")], cause: .unknown),
    Case(name: "nginx-502", status: 502, fields: [("server", "nginx")], body: "<html>", cause: .unknown),
    Case(name: "504 alone", status: 504, cause: .gatewayTimeout),
    Case(name: "an application's own 502", status: 502, fields: [requestID], body: "sorry", cause: .unknown),
    Case(
      name: "an application's own 502 through a REST API", status: 502,
      fields: [requestID, ("x-amz-apigw-id", "abc=")],
      body: "sorry", cause: .unknown),
    Case(
      name: "an application's own 500 through an HTTP API", status: 500, fields: [("apigw-requestid", "abc=")],
      body: #"{"error":"sorry"}"#, cause: .unknown),
    Case(
      name: "an application's own 502 behind an ALB", status: 502, fields: [("Server", "awselb/2.0")], body: "sorry",
      cause: .unknown),
    Case(
      name: "function-url-413", status: 413, fields: [requestID, ("x-amzn-ErrorType", "RequestTooLargeException")],
      body: #"{"Type":"User","message":"Request must be smaller than 6291556 bytes for the InvokeFunction operation"}"#,
      cause: .requestTooLarge),
    Case(name: "404", status: 404, cause: .unknown),
    Case(name: "500", status: 500, body: "oops", cause: .unknown),
  ]

  @Test(arguments: fronts) func aFrontEndIsToldByItsSignature(answer: Case) {
    let found = classify(answer)
    #expect(found?.cause == answer.cause)
    #expect(found?.advice.isEmpty == false)
    #expect(found?.advice.contains("\n") == false)
  }

  static let tokens: [(String, FailureCause)] = [
    ("error=connection_refused", .upstreamRefused),
    ("error=dns_error; cause=dns_error", .upstreamDNS),
    ("error=dns_timeout", .upstreamDNS),
    ("error=connection_timeout", .upstreamTimeout),
    ("error=connection_read_timeout; cause=body_timeout", .upstreamTimeout),
    ("error=connection_write_timeout", .upstreamTimeout),
    ("error=http_response_timeout; cause=response_timeout", .upstreamTimeout),
    ("error=connection_terminated", .upstreamIncomplete),
    ("error=http_response_incomplete", .upstreamIncomplete),
    ("error=tls_certificate_error; cause=tls_certificate", .upstreamTLS),
    ("error=tls_alert_received; alert-id=40", .upstreamTLS),
    ("error=tls_protocol_error", .upstreamTLS),
    ("error=http_protocol_error; cause=length_and_chunked", .lengthAndChunked),
    ("error=http_request_denied", .proxyPolicy),
    ("error=destination_ip_prohibited", .proxyPolicy),
    ("error=proxy_loop_detected; cause=loop_detected", .proxyPolicy),
    ("error=connection_limit_reached; cause=out_of_descriptors", .proxyOverloaded),
    ("error=connection_limit_reached; cause=memory_limit", .proxyOverloaded),
    ("error=destination_unavailable", .proxyOverloaded),
    ("error=destination_unavailable; cause=connect_failed", .upstreamRefused),
    ("error=http_response_body_size", .responseTooLarge),
    ("error=http_response_body_size; details=\"limit 6291556 bytes\"; cause=response_too_large", .responseTooLarge),
    ("error=http_response_timeout; cause=invocation_deadline", .functionTimeout),
    ("error=http_protocol_error; cause=malformed_response", .malformedResponse),
    ("error=http_protocol_error; cause=invalid_response_length", .malformedResponse),
    ("error=http_response_transfer_coding; cause=response_transfer_coding", .malformedResponse),
    ("error=http_response_header_section_size; cause=response_head_too_large", .malformedResponse),
    ("error=destination_ip_unroutable; cause=destination_unroutable", .upstreamRefused),
    ("error=destination_ip_unroutable", .upstreamRefused),
    ("error=http_request_error; cause=request_body_too_large", .requestTooLarge),
    ("error=http_request_error; cause=malformed_request", .unknown),
    ("error=http_request_denied; cause=too_many_connections", .throttled),
    ("error=destination_unavailable; cause=draining", .proxyOverloaded),
    ("error=proxy_configuration_error; cause=configuration_error", .unknown),
    ("error=proxy_internal_error; cause=internal_error", .unknown),
  ]

  @Test(arguments: tokens) func gzproxySaysItItself(token: (parameters: String, cause: FailureCause)) {
    let answer = Case(
      name: "", status: 502, fields: [("Proxy-Status", "gzproxy; \(token.parameters)")],
      body: #"{"type":"urn:gzproxy:problem:x"}"#, cause: token.cause)
    let found = classify(answer)
    #expect(found?.cause == token.cause)
    #expect(found?.advice.hasPrefix("gzproxy says ") == true)
    // Even where no cause of the list fits, something can be said.
    #expect(found?.advice.contains("nothing in the answer says why") == false)
  }

  /// Of three limits that one cause stands for, the way out is told of the one that was met.
  @Test(arguments: [
    ("limit 1048576 bytes", "a load balancer takes 1 MB from a function"),
    ("limit 6291556 bytes", "a buffered Lambda response ends at 6 MB"),
    ("limit 209715200 bytes", "a response that streams ends at 200 MB"), ("no limit", "a buffered Lambda response"),
    ("limit 99999999999999999999 bytes", "a buffered Lambda response"),
  ])
  func theLimitThatWasMet(details: String, advice: String) {
    let status = "gzproxy; error=http_response_body_size; details=\"\(details)\"; cause=response_too_large"
    let answer = Case(name: "", status: 502, fields: [("Proxy-Status", status)], cause: .responseTooLarge)
    let found = classify(answer)
    #expect(found?.cause == .responseTooLarge)
    #expect(found?.advice.contains(": \(advice)") == true, "\(found?.advice ?? "")")
    #expect(found.map { $0.advice.count <= 200 } == true)
  }

  @Test func proxyStatusWinsOverSignatures() {
    let fields = [("x-amzn-RequestId", "1"), ("proxy-status", "edge, gzproxy;error=connection_refused")]
    let answer = Case(name: "", status: 502, fields: fields, body: "Internal Server Error", cause: .upstreamRefused)
    #expect(classify(answer)?.cause == .upstreamRefused)
  }

  @Test func aProxyStatusWithoutAnErrorSaysNothing() {
    let answer = Case(
      name: "", status: 502, fields: [("proxy-status", "gzproxy"), ("x-amzn-RequestId", "1")],
      body: "Internal Server Error", cause: .functionError)
    #expect(classify(answer)?.cause == .functionError)
  }

  @Test func successHasNoCause() {
    for status in [0, 200, 206, 301, 304, 399] {
      #expect(classify(Case(name: "", status: status, cause: .unknown)) == nil)
    }
  }

  @Test func aSlowFunctionURLNamesItsTime() {
    var answer = Case(name: "", status: 502, body: "Internal Server Error", seconds: 15.2, cause: .functionError)
    #expect(classify(answer)?.advice.contains("15 s") == true)
    answer.seconds = .infinity
    #expect(classify(answer)?.cause == .functionError)
    answer.seconds = .nan
    #expect(classify(answer)?.cause == .functionError)
  }

  @Test func bytesThatAreNoTextAreNoTrouble() {
    let junk = (0..<256).map { UInt8(truncatingIfNeeded: $0) }
    let found = FailureClassifier.classify(
      head: ResponseHead(status: 500, fields: []), bodyHead: junk, bodyTail: Array(junk.suffix(16)), bytes: 9999,
      seconds: 0)
    #expect(found?.cause == .unknown)
  }
}
