import NIOCore

@testable import ProxyCore

/// Events as the fronts make them.
enum Events {
  static func functionURL(
    _ method: String = "GET", _ path: String = "/", query: String = "", headers: String = "", cookies: String? = nil,
    body: String = "null", isBase64: Bool = false, domain: String = "abc.lambda-url.eu-west-1.on.aws",
    stage: String = "$default"
  ) -> String {
    """
    {"version":"2.0","routeKey":"$default","rawPath":"\(path)","rawQueryString":"\(query)",\
    \(cookies.map { #""cookies":\#($0),"# } ?? "")\
    "headers":{"host":"\(domain)","x-amzn-trace-id":"Root=1-a","x-forwarded-for":"203.0.113.9"\
    \(headers.isEmpty ? "" : "," + headers)},\
    "requestContext":{"accountId":"anonymous","apiId":"abc","domainName":"\(domain)","domainPrefix":"abc",\
    "http":{"method":"\(method)","path":"\(path)","protocol":"HTTP/1.1","sourceIp":"203.0.113.9","userAgent":"curl"},\
    "requestId":"r-1","routeKey":"$default","stage":"\(stage)","time":"12/Mar/2020:19:03:58 +0000",\
    "timeEpoch":1583348638390},"body":\(body),"isBase64Encoded":\(isBase64)}
    """
  }

  static func rest(_ method: String = "GET", _ path: String = "/", parameters: String = "null") -> String {
    """
    {"resource":"/{proxy+}","path":"\(path)","httpMethod":"\(method)","headers":{"Host":"api","X-A":"second"},\
    "multiValueHeaders":{"Host":["api"],"X-A":["first","second"]},"queryStringParameters":null,\
    "multiValueQueryStringParameters":\(parameters),"pathParameters":null,"stageVariables":null,\
    "requestContext":{"stage":"prod","path":"/prod\(path)","identity":{"sourceIp":"198.51.100.7"},"domainName":"api",\
    "authorizer":{"claims":{"a":{"b":[1,2,{"c":null}]}}}},"body":null,"isBase64Encoded":false}
    """
  }

  static func balancer(
    _ path: String = "/", isMultiValue: Bool = false, agent: String = "curl", parameters: String = "{}"
  ) -> String {
    let context = #""requestContext":{"elb":{"targetGroupArn":"arn:aws:elasticloadbalancing:x"}}"#
    let shape =
      isMultiValue
      ? #""multiValueHeaders":{"host":["lb"],"user-agent":["\#(agent)"],"x-forwarded-for":["10.9.9.9, 192.0.2.4"],"#
        + #""x-forwarded-proto":["http"]},"multiValueQueryStringParameters":\#(parameters)"#
      : #""headers":{"host":"lb","user-agent":"\#(agent)","x-forwarded-for":"10.9.9.9, 192.0.2.4"},"#
        + #""queryStringParameters":\#(parameters)"#
    return #"{\#(context),"httpMethod":"GET","path":"\#(path)",\#(shape),"body":"","isBase64Encoded":false}"#
  }

  static func read(_ text: String) throws -> EventContent {
    try Array(text.utf8).withUnsafeBytes { try EventReader.read($0) }
  }

  /// The request in an event; nil when it holds none.
  static func request(_ text: String) throws -> LambdaEvent? {
    guard case .request(let event) = try read(text) else { return nil }
    return event
  }

  /// That request as the message it becomes.
  static func message(_ text: String, trace: String? = nil) throws -> String {
    guard let event = try request(text) else { return "" }
    return String(buffer: try EventRequest.head(event, trace: trace))
  }
}
