/// The event of a REST API with a proxy resource `/{proxy+}`, stage `prod`, and binary media types `*/*`: payload format 1.0.
enum RESTEvent {
  static let stage = "prod"
  static let apiID = "gzlambda00"

  static func document(_ request: IncomingRequest, _ facts: InvocationFacts) -> JSONValue {
    let fields = RequestFields.forwarded(request, facts, scheme: "https", port: 443)
    let query = QueryString(request.query).decoded
    let proxy = String(request.path.drop { $0 == "/" })
    let resource = proxy.isEmpty ? "/" : "/{proxy+}"
    // With `*/*` every body is binary.
    let body = EventBody(request.body, asText: false)
    return [
      "resource": .string(resource), "path": .string(request.path), "httpMethod": .string(request.method),
      "headers": .object(RequestFields.last(fields, lowercased: false)),
      "multiValueHeaders": .object(RequestFields.all(fields, lowercased: false)),
      "queryStringParameters": query.pairs.isEmpty ? nil : .object(query.last),
      "multiValueQueryStringParameters": query.pairs.isEmpty ? nil : .object(query.all),
      "pathParameters": proxy.isEmpty ? nil : ["proxy": .string(proxy)], "stageVariables": nil,
      "requestContext": context(request, facts, resource: resource),
      "body": body.text.isEmpty ? nil : .string(body.text), "isBase64Encoded": .bool(body.isBase64),
    ]
  }

  private static func context(_ request: IncomingRequest, _ facts: InvocationFacts, resource: String) -> JSONValue {
    [
      "accountId": .string(facts.function.accountID), "apiId": .string(apiID),
      "domainName": .string("\(apiID).execute-api.\(facts.function.region).amazonaws.com"),
      "domainPrefix": .string(apiID), "extendedRequestId": .string(FrontAnswer.gatewayID),
      "httpMethod": .string(request.method), "identity": identity(request),
      "path": .string("/\(stage)\(request.path)"), "protocol": .string(request.version),
      "requestId": .string(facts.requestID), "requestTime": .string(EventTime.requestTime(facts.milliseconds)),
      "requestTimeEpoch": .integer(facts.milliseconds), "resourceId": "gzlam0", "resourcePath": .string(resource),
      "stage": .string(stage),
    ]
  }

  private static func identity(_ request: IncomingRequest) -> JSONValue {
    [
      "accessKey": nil, "accountId": nil, "caller": nil, "cognitoAuthenticationProvider": nil,
      "cognitoAuthenticationType": nil, "cognitoIdentityId": nil, "cognitoIdentityPoolId": nil,
      "principalOrgId": nil, "sourceIp": .string(request.clientAddress), "user": nil,
      "userAgent": .optional(request.field("user-agent")), "userArn": nil,
    ]
  }
}
