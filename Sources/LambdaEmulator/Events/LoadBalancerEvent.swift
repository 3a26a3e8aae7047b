/// The event of an Application Load Balancer (AWS: "Lambda functions as targets").
enum LoadBalancerEvent {
  /// - Parameter multiValue: the target group's attribute `lambda.multi_value_headers.enabled`.
  static func document(_ request: IncomingRequest, _ facts: InvocationFacts, multiValue: Bool) -> JSONValue {
    let fields = RequestFields.forwarded(request, facts, scheme: "http", port: request.port)
    // As sent: a load balancer does not decode them.
    let query = QueryString(request.query)
    let isText =
      request.field("content-encoding") == nil && EventBody.isText(request.field("content-type"))
    let body = EventBody(request.body, asText: isText)
    var event: [String: JSONValue] = [
      "requestContext": ["elb": ["targetGroupArn": .string(targetGroup(facts.function))]],
      "httpMethod": .string(request.method), "path": .string(request.path), "body": .string(body.text),
      "isBase64Encoded": .bool(body.isBase64),
    ]
    if multiValue {
      event["multiValueHeaders"] = .object(RequestFields.all(fields, lowercased: true))
      event["multiValueQueryStringParameters"] = .object(query.all)
    } else {
      event["headers"] = .object(RequestFields.last(fields, lowercased: true))
      event["queryStringParameters"] = .object(query.last)
    }
    return .object(event)
  }

  private static func targetGroup(_ function: FunctionIdentity) -> String {
    "arn:aws:elasticloadbalancing:\(function.region):\(function.accountID):targetgroup/gzlambda/0123456789abcdef"
  }
}
