internal import NIOHTTP1

/// The event of a Function URL: payload format 2.0 (AWS: "Invoking Lambda function URLs").
enum FunctionURLEvent {
  static let urlID = "gzlambda00000000000000000000000000"

  static func document(_ request: IncomingRequest, _ facts: InvocationFacts) -> JSONValue {
    var fields = RequestFields.forwarded(request, facts, scheme: "https", port: 443)
    fields.replaceOrAdd(name: "x-amzn-tls-version", value: "TLSv1.3")
    fields.replaceOrAdd(name: "x-amzn-tls-cipher-suite", value: "TLS_AES_128_GCM_SHA256")
    var event: [String: JSONValue] = [
      "version": "2.0", "routeKey": "$default", "rawPath": .string(request.path),
      "rawQueryString": .string(request.query), "headers": .object(RequestFields.joined(fields, separator: ",")),
      "requestContext": context(request, facts), "pathParameters": nil, "stageVariables": nil,
    ]
    let cookies = RequestFields.cookies(request)
    if !cookies.isEmpty { event["cookies"] = .array(cookies.map { .string($0) }) }
    if !request.query.isEmpty { event["queryStringParameters"] = .object(QueryString(request.query).decoded.joined) }
    let body = EventBody(request.body, asText: EventBody.isText(request.field("content-type")))
    if !body.text.isEmpty { event["body"] = .string(body.text) }
    event["isBase64Encoded"] = .bool(body.isBase64)
    return .object(event)
  }

  private static func context(_ request: IncomingRequest, _ facts: InvocationFacts) -> JSONValue {
    [
      // What a URL without authentication shows in their places.
      "accountId": "anonymous", "authentication": nil, "authorizer": nil,
      "apiId": .string(urlID), "domainName": .string("\(urlID).lambda-url.\(facts.function.region).on.aws"),
      "domainPrefix": .string(urlID),
      "http": [
        "method": .string(request.method), "path": .string(request.path), "protocol": .string(request.version),
        "sourceIp": .string(request.clientAddress), "userAgent": .string(request.field("user-agent") ?? ""),
      ],
      "requestId": .string(facts.requestID), "routeKey": "$default", "stage": "$default",
      "time": .string(EventTime.requestTime(facts.milliseconds)), "timeEpoch": .integer(facts.milliseconds),
    ]
  }
}
