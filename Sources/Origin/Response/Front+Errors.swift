/// The fronts that answer with an error of their own.
extension Front {
  /// Nil for those that pass a body on.
  var error: ResponsePlan? {
    switch self {
    case .functionURL502, .functionURL403, .throttle429: functionURL
    case .rest500, .rest502, .rest504, .rest403, .rest413, .rest429: restAPI
    case .httpAPI500, .httpAPI503, .httpAPI403, .httpAPI413, .httpAPI429: httpAPI
    case .alb502, .alb503, .alb504, .alb413: loadBalancer
    case .noPrelude, .preludeLeak, .base64Body, .inBandError, .decoded: nil
    }
  }

  private var functionURL: ResponsePlan {
    switch self {
    // The URL wants a signature, or the function's policy does not name the caller.
    case .functionURL403:
      Self.sized(
        403, [Self.json, Self.requestID, Self.errorType("AccessDeniedException"), Self.traceID],
        #"{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: "#
          + #"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}"#)
    // More invocations at once than are allowed.
    case .throttle429:
      Self.sized(
        429, [Self.json, Self.requestID, Self.errorType("TooManyRequestsException"), Self.traceID],
        #"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#)
    // A function error, a crash or a timeout before the head.
    default: Self.sized(502, [Self.json, Self.requestID, Self.traceID], "Internal Server Error")
    }
  }

  private var restAPI: ResponsePlan {
    switch self {
    // A streaming prelude that it cannot read, or a function that it may not invoke.
    case .rest500: Self.rest(500, "InternalServerErrorException", #"{"message": "Internal server error"}"#)
    // Its own limit of 29 s.
    case .rest504: Self.rest(504, "InternalServerErrorException", #"{"message": "Endpoint request timed out"}"#)
    // A path, a stage or a method that there is not, and signatures that are missing.
    case .rest403: Self.rest(403, "MissingAuthenticationTokenException", #"{"message":"Missing Authentication Token"}"#)
    // A request over 10 MB.
    case .rest413: Self.rest(413, "RequestTooLargeException", #"{"message":"Request Too Long"}"#)
    // Beyond the stage's or the usage plan's rate.
    case .rest429: Self.rest(429, "TooManyRequestsException", #"{"message":"Too Many Requests"}"#)
    // As a Function URL's, and a wrong shape, over 6 MB, or no prelude.
    default: Self.rest(502, "InternalServerErrorException", #"{"message": "Internal server error"}"#)
    }
  }

  private var httpAPI: ResponsePlan {
    switch self {
    // Throttled by Lambda; after 30 s, its own limit.
    case .httpAPI503: Self.http(503, #"{"message":"Service Unavailable"}"#)
    case .httpAPI403: Self.http(403, #"{"message":"Forbidden"}"#)
    // A request over 10 MB.
    case .httpAPI413: Self.http(413, #"{"message":"Request Entity Too Large"}"#)
    // Beyond the route's rate.
    case .httpAPI429: Self.http(429, #"{"message":"Too Many Requests"}"#)
    // A function error, or an answer in a wrong shape.
    default: Self.http(500, #"{"message":"Internal Server Error"}"#)
    }
  }

  private var loadBalancer: ResponsePlan {
    switch self {
    // No target, or a function that is throttled.
    case .alb503: Self.page(503, "503 Service Temporarily Unavailable")
    case .alb504: Self.page(504, "504 Gateway Time-out")
    // A request over 1 MB.
    case .alb413: Self.page(413, "413 Request Entity Too Large")
    // A response that it cannot make sense of.
    default: Self.page(502, "502 Bad Gateway")
    }
  }

  private static func rest(_ status: Int, _ type: String, _ text: String) -> ResponsePlan {
    sized(status, [json, requestID, errorType(type), gatewayID], text)
  }

  private static func http(_ status: Int, _ text: String) -> ResponsePlan {
    sized(status, [json, HeaderField("apigw-requestid", "UvWxYzAbCdEfGhI=")], text)
  }

  private static func page(_ status: Int, _ title: String) -> ResponsePlan {
    sized(
      status, [HeaderField("Server", "awselb/2.0"), HeaderField("Content-Type", "text/html")],
      "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
        + "</body>\r\n</html>\r\n")
  }

  private static func errorType(_ name: String) -> HeaderField { HeaderField("x-amzn-ErrorType", name) }
}
