/// What one front end means by an answer that stands for several things: one line, naming what to look at first.
enum FrontAdvice {
  static let gatewayLimit =
    "the gateway waited its 29 or 30 s and gave up; stream the response, or look for what the function waits for"
  static let restTooLong = "the request's body is over the REST API's 10 MB; send less, or put it into S3"
  static let httpAPITooLong = "the request's body is over the HTTP API's 10 MB; send less, or put it into S3"
  static let loadBalancerTooLong = "the request's body is over the ALB's 1 MB for a function; send less, or use a URL"
  static let tooLarge413 =
    "over a size limit: the request's (6 MB to Lambda, 10 MB at a gateway, 1 MB at an ALB), or a buffered response's 6 MB"
  static let loadBalancer503 =
    "the ALB found no function free (throttling) or no healthy target; see the function's Throttles and the target group"
  static let loadBalancer504 =
    "the function did not answer the ALB in time; compare its timeout with the time taken, see the access log's reason"
  static let httpAPI500 =
    "the function failed, answered what the HTTP API cannot read, or over 6 MB; see the function's log first"
  static let httpAPI503 =
    "the HTTP API got no answer from Lambda, at once: look at the function's Throttles, then lower -c"
  static let restAPI500 =
    "the REST API could not use the streaming prelude, or may not invoke the function; see its execution log"
  static let restAPI502 =
    "the function failed, timed out, answered in a wrong shape or over 6 MB, or sent no prelude; see the execution log"
  static let restNoRoute =
    "the REST API knows no such path, stage or method, or wants a signature; check the URL first, then --aws-sigv4"
  static let functionURL403 =
    "the Function URL refused the caller; look at its auth type (AWS_IAM wants --aws-sigv4) and the resource policy"
  static let functionURL429 =
    "Lambda has no instance free for so many calls; lower -c, or raise the reserved or account concurrency"
  static let gateway429 = "over the API's rate or burst limit; lower -q or -c, or see the stage's and the usage plan's"
  static let cloudFront504 = "CloudFront waited for the origin and gave up; see its origin response timeout"
  static let cloudFront502 = "CloudFront could not use the origin's answer; try without Accept-Encoding forwarded to it"
  static let cargoLambda = "cargo-lambda could not read the function's response; look at prelude, cookies and framing"
  static let proxyRequest = "the proxy says that the request is wrong; compare -m, -H and -d with what it accepts"
  static let proxyHTTP =
    "the upstream's answer is not HTTP that can be passed on; look at it with curl -v --raw, from the proxy's machine"
  static let proxyOwn = "the proxy itself failed; see its log"
  static let proxySetting = "the proxy is configured wrongly; run gzproxy check, and see its log"
  static let proxyLeaving = "the proxy is shutting down; see who ended it, and whether a balancer still sends to it"
  static let proxyCrowd = "the proxy takes no more connections from one address; raise that limit, or lower -c"

  static let invocationDeadline =
    "the function's time was nearly over and the upstream's answer not yet; raise its timeout, or look at the upstream"

  /// Which of Lambda's limits it was; nil is the general advice.
  static func tooLarge(limit: Int64?) -> String? {
    switch limit {
    case 1_048_576:
      "a load balancer takes 1 MB from a function, base64 included; use a front that streams, or send less"
    case let limit? where limit > 6_291_556:
      "a response that streams ends at 200 MB; ask for it in ranges, or see the function's --redirect-oversize"
    default: nil
    }
  }

  static func functionURL(seconds: Double) -> String {
    let text =
      "Lambda answered before your code's head; look for an error, a crash, a wrong shape or over 6 MB in its log"
    // Not a number is not at least 3 either.
    guard seconds >= 3, seconds < 1e6 else { return text }
    return text + ", and compare its timeout with the \(Int64(seconds)) s taken"
  }

  /// A server that is known by its own name only.
  static func server(_ name: String) -> String {
    "\(OptionText.shown(name)) could not use what its upstream answered; see its error log"
  }
}
