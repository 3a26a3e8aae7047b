/// The whole response that a front gives in the function's place, but for its `Date`. One table; each row has a fixture file
/// with its source, and `Docs/lambda-fidelity.md` says which are not verified.
struct FrontAnswer: Equatable, Sendable {
  var status: Int
  var reason: String
  var fields: [FunctionResponse.Field]
  var body: String

  /// In place of an id that the service makes anew for every response.
  static let gatewayID = "UvWxYzAbCdEfGhI="

  static func make(_ front: FrontKind, _ cause: FrontCause, requestID: String, traceID: String) -> FrontAnswer {
    switch front {
    case .functionURL: functionURL(cause, requestID, traceID)
    case .rest: rest(cause, requestID)
    case .alb: loadBalancer(cause)
    }
  }

  private static func functionURL(_ cause: FrontCause, _ requestID: String, _ traceID: String) -> FrontAnswer {
    let (status, type, body): (Int, String?, String) =
      switch cause {
      case .functionError, .timeout, .malformedResponse, .responseTooLarge, .preludeInvalid, .preludeMissing:
        (502, nil, "Internal Server Error")
      case .requestTooLarge:
        (
          413, "RequestTooLargeException",
          #"{"Type":"User","message":"Request must be smaller than 6291556 bytes for the InvokeFunction operation"}"#
        )
      case .throttled:
        (
          429, "TooManyRequestsException",
          #"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#
        )
      case .methodRefused: (405, nil, #"{"Message":"Method Not Allowed"}"#)
      case .badRequest: (400, nil, #"{"message":"Bad Request"}"#)
      }
    var fields = [json, field("x-amzn-RequestId", requestID)]
    if let type { fields.append(field("x-amzn-ErrorType", type)) }
    return FrontAnswer(status: status, fields: fields + [field("X-Amzn-Trace-Id", traceID)], body: body)
  }

  private static func rest(_ cause: FrontCause, _ requestID: String) -> FrontAnswer {
    let (status, type, body) =
      switch cause {
      case .functionError, .timeout, .malformedResponse, .responseTooLarge, .preludeMissing:
        (502, "InternalServerErrorException", #"{"message": "Internal server error"}"#)
      case .preludeInvalid: (500, "InternalServerErrorException", #"{"message": "Internal server error"}"#)
      case .requestTooLarge: (413, "RequestTooLargeException", #"{"message":"Request Too Long"}"#)
      case .throttled: (429, "TooManyRequestsException", #"{"message":"Too Many Requests"}"#)
      case .methodRefused: (403, "MissingAuthenticationTokenException", #"{"message":"Missing Authentication Token"}"#)
      case .badRequest: (400, "BadRequestException", #"{"message":"Bad Request"}"#)
      }
    let fields = [
      json, field("x-amzn-RequestId", requestID), field("x-amzn-ErrorType", type), field("x-amz-apigw-id", gatewayID),
    ]
    return FrontAnswer(status: status, fields: fields, body: body)
  }

  private static func loadBalancer(_ cause: FrontCause) -> FrontAnswer {
    let (status, title) =
      switch cause {
      case .functionError, .malformedResponse, .responseTooLarge, .preludeInvalid, .preludeMissing:
        (502, "502 Bad Gateway")
      case .timeout: (504, "504 Gateway Time-out")
      case .requestTooLarge: (413, "413 Request Entity Too Large")
      case .throttled: (503, "503 Service Temporarily Unavailable")
      case .methodRefused: (405, "405 Not Allowed")
      case .badRequest: (400, "400 Bad Request")
      }
    return FrontAnswer(
      status: status, fields: [field("Server", "awselb/2.0"), field("Content-Type", "text/html")],
      body: "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n"
        + "</body>\r\n</html>\r\n")
  }

  private init(status: Int, fields: [FunctionResponse.Field], body: String) {
    self.status = status
    reason = ReasonPhrase.of(status)
    self.fields = fields + [Self.field("Content-Length", String(body.utf8.count))]
    self.body = body
  }

  private static let json = field("Content-Type", "application/json")

  private static func field(_ name: String, _ value: String) -> FunctionResponse.Field {
    .init(name: name, value: value)
  }
}
