/// Says why a 4xx or 5xx was answered: a pure function of what the client saw.
///
/// The rules are asked in order, the most certain first: what a proxy says of itself (RFC 9209), what Lambda names,
/// then the signatures of the front ends. Where a front end gives one answer for many
/// causes, the commonest is named and the advice lists the others.
enum FailureClassifier {
  struct Classification: Sendable, Equatable {
    var cause: FailureCause
    /// One line: what it means and what to look at.
    var advice: String

    init(cause: FailureCause, advice: String) {
      self.cause = cause
      self.advice = advice
    }

    init(_ cause: FailureCause, _ advice: String? = nil) {
      self.init(cause: cause, advice: advice ?? Advice.text(cause: cause))
    }
  }

  /// Nil when the status is below 400. `bytes` is the length of the body, `seconds` the time to its end.
  static func classify(
    head: ResponseHead, bodyHead: [UInt8], bodyTail: [UInt8], bytes: Int64, seconds: Double
  ) -> Classification? {
    guard head.status >= 400 else { return nil }
    let answer = FailedAnswer(head: head, bodyHead: bodyHead, bodyTail: bodyTail, bytes: bytes, seconds: seconds)
    for rule in rules {
      if let found = rule(answer) { return found }
    }
    return unexplained(answer)
  }

  private typealias Rule = @Sendable (FailedAnswer) -> Classification?

  private static let rules: [Rule] = [
    byProxyStatus, byErrorName, byRefusal, byLoadBalancer, byHTTPAPI, byRestAPI, byFunctionURL, byCloudFront,
    byGatewayTimeout,
  ]
}

// MARK: - What the answer says itself

extension FailureClassifier {
  private static func byProxyStatus(_ answer: FailedAnswer) -> Classification? {
    let failed = answer.proxyStatus.filter { $0.error != nil || $0.cause != nil }
    return (failed.first { $0.proxy == "gzproxy" } ?? failed.first).map(ProxyStatusRule.classify)
  }

  /// Names that Lambda, ALB and the emulators use for one thing only.
  private static func byErrorName(_ answer: FailedAnswer) -> Classification? {
    if answer.says("responsesizetoolarge", "lambdaresponsetoolarge", "exceeded maximum allowed payload") {
      return Classification(.responseTooLarge)
    }
    if answer.says("task timed out", "sandbox.timedout", "sandbox.timeout", "invoketimeout") {
      return Classification(.functionTimeout)
    }
    if answer.says("preludemissing", "missing prelude", "no prelude") { return Classification(.preludeMissing) }
    if answer.says("preludeinvalid", "invalid prelude") { return Classification(.preludeInvalid) }
    if answer.says("malformed lambda proxy response", "invalidresponsemode", "invalidfunctionresponsemode") {
      return Classification(.malformedResponse)
    }
    if answer.says("lambdainvalidresponse") { return Classification(.albInvalidResponse) }
    if answer.says("toomanyrequests", "lambdathrottling", "runtime.unavailable", "concurrentinvocationlimitexceeded") {
      return throttled(answer)
    }
    if answer.says("missingauthenticationtoken", "missing authentication token") {
      return Classification(.forbidden, FrontAdvice.restNoRoute)
    }
    if answer.says("accessdenied", "lambdaaccessdenied") {
      return Classification(.forbidden, answer.says("function url") ? FrontAdvice.functionURL403 : nil)
    }
    if answer.says("endpoint request timed out") { return Classification(.gatewayTimeout, FrontAdvice.gatewayLimit) }
    if answer.says("runtime.exiterror", "runtime.truncatedresponse", "lambdaunhandled", "\"errortype\":") {
      return Classification(.functionError)
    }
    if answer.says("httpstatuses.com") { return Classification(.malformedResponse, FrontAdvice.cargoLambda) }
    return nil
  }

  /// Statuses that mean one thing, whoever says them.
  private static func byRefusal(_ answer: FailedAnswer) -> Classification? {
    switch answer.status {
    case 429: throttled(answer)
    case 401, 403: Classification(.forbidden)
    case 413: tooLarge(answer)
    default: nil
    }
  }

  private static func throttled(_ answer: FailedAnswer) -> Classification {
    if answer.isRestAPI || answer.isHTTPAPI { return Classification(.throttled, FrontAdvice.gateway429) }
    return Classification(.throttled, answer.isLambda ? FrontAdvice.functionURL429 : nil)
  }

  /// Mostly the request; some stacks answer so for a buffered response that is too large.
  private static func tooLarge(_ answer: FailedAnswer) -> Classification {
    if answer.isLoadBalancer { return Classification(.requestTooLarge, FrontAdvice.loadBalancerTooLong) }
    if answer.isHTTPAPI { return Classification(.requestTooLarge, FrontAdvice.httpAPITooLong) }
    if answer.says("request too long", "requesttoolarge") {
      return Classification(.requestTooLarge, answer.isRestAPI ? FrontAdvice.restTooLong : nil)
    }
    if answer.says("request entity too large", "payload too large", "content too large") {
      return Classification(.requestTooLarge)
    }
    return Classification(.responseTooLarge, FrontAdvice.tooLarge413)
  }
}

// MARK: - Signatures of front ends

extension FailureClassifier {
  private static func byLoadBalancer(_ answer: FailedAnswer) -> Classification? {
    guard answer.isLoadBalancer, answer.isLoadBalancersOwn else { return nil }
    switch answer.status {
    case 502: return Classification(.albInvalidResponse)
    case 503: return Classification(.throttled, FrontAdvice.loadBalancer503)
    case 504: return Classification(.gatewayTimeout, FrontAdvice.loadBalancer504)
    default: return nil
    }
  }

  private static func byHTTPAPI(_ answer: FailedAnswer) -> Classification? {
    guard answer.isHTTPAPI, answer.isGatewaysOwn else { return nil }
    switch answer.status {
    case 500, 502: return Classification(.functionError, FrontAdvice.httpAPI500)
    // One answer for two things: at the gateway's limit of 30 s it is the limit.
    case 503:
      return answer.seconds >= 29
        ? Classification(.gatewayTimeout, FrontAdvice.gatewayLimit)
        : Classification(.throttled, FrontAdvice.httpAPI503)
    case 504: return Classification(.gatewayTimeout, FrontAdvice.gatewayLimit)
    default: return nil
    }
  }

  private static func byRestAPI(_ answer: FailedAnswer) -> Classification? {
    guard answer.isRestAPI, answer.isGatewaysOwn else { return nil }
    switch answer.status {
    case 500: return Classification(.preludeInvalid, FrontAdvice.restAPI500)
    case 502: return Classification(.functionError, FrontAdvice.restAPI502)
    case 504: return Classification(.gatewayTimeout, FrontAdvice.gatewayLimit)
    default: return nil
    }
  }

  /// Lambda's own 502 is 21 bytes of text; a function that answers 502 by itself says something else.
  private static func byFunctionURL(_ answer: FailedAnswer) -> Classification? {
    if answer.status == 502, answer.trimmedText == "internal server error" {
      return Classification(.functionError, FrontAdvice.functionURL(seconds: answer.seconds))
    }
    guard answer.isLambda, answer.status == 500, answer.trimmedText == "{\"message\":\"internal server error\"}" else {
      return nil
    }
    return Classification(.functionError, FrontAdvice.httpAPI500)
  }

  private static func byCloudFront(_ answer: FailedAnswer) -> Classification? {
    guard answer.isCloudFrontPage else { return nil }
    switch answer.status {
    case 504: return Classification(.gatewayTimeout, FrontAdvice.cloudFront504)
    case 502 where answer.text.contains("resolve the origin"): return Classification(.upstreamDNS)
    case 502 where answer.text.contains("connect to the origin"): return Classification(.upstreamRefused)
    case 502: return Classification(.unknown, FrontAdvice.cloudFront502)
    default: return nil
    }
  }

  private static func byGatewayTimeout(_ answer: FailedAnswer) -> Classification? {
    answer.status == 504 ? Classification(.gatewayTimeout) : nil
  }

  private static func unexplained(_ answer: FailedAnswer) -> Classification {
    let server = answer.value("server")
    switch answer.status {
    case 404, 405, 410: return Classification(.unknown, "the target does not know this URL or method; check both")
    case 502 where !server.isEmpty:
      return Classification(.unknown, FrontAdvice.server(server))
    case 503: return Classification(.unknown, "the target says it is unavailable; see its log, and Retry-After")
    case 500...: return Classification(.unknown)
    default: return Classification(.unknown, "the target refused the request; see the kept head and body")
    }
  }
}
