import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaEmulator

private let facts = InvocationFacts(
  requestID: "6bdfb8f5-0000-4000-8000-000000000001", traceID: "Root=1-65f2a1b3-0123456789abcdef01234567",
  milliseconds: 1_583_348_638_390, function: FunctionIdentity())

private func request(
  _ method: HTTPMethod = .GET, _ uri: String = "/", _ fields: [(String, String)] = [], _ body: [UInt8] = []
) -> IncomingRequest {
  let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: HTTPHeaders(fields))
  return IncomingRequest(head, body: ByteBuffer(bytes: body), clientAddress: "192.0.2.7", port: 8080)
}

extension JSONValue {
  fileprivate subscript(_ names: String...) -> JSONValue? {
    names.reduce(self as JSONValue?) { $0?.members?[$1] }
  }
}

@Suite struct FunctionURLEventTests {
  @Test func wholeEvent() throws {
    let sent = request(
      .POST, "/my/path%20x?a=1&a=2&b=%C3%A4+c",
      [
        ("Host", "h"), ("Content-Type", "application/json"), ("X-Twice", "1"), ("x-twice", "2"), ("Cookie", "a=1"),
        ("cookie", "b=2"),
        ("Connection", "keep-alive, x-mine"), ("X-Mine", "1"), ("Transfer-Encoding", "chunked"), ("User-Agent", "me"),
      ], Array(#"{"k":"v"}"#.utf8))
    let wanted: JSONValue = [
      "version": "2.0", "routeKey": "$default", "rawPath": "/my/path%20x", "rawQueryString": "a=1&a=2&b=%C3%A4+c",
      "cookies": .array(["a=1", "b=2"]), "queryStringParameters": ["a": "1,2", "b": "ä c"],
      "headers": [
        "host": "h", "content-type": "application/json", "x-twice": "1,2", "cookie": "a=1; b=2", "user-agent": "me",
        "x-forwarded-for": "192.0.2.7", "x-forwarded-port": "443", "x-forwarded-proto": "https",
        "x-amzn-trace-id": "Root=1-65f2a1b3-0123456789abcdef01234567", "x-amzn-tls-version": "TLSv1.3",
        "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256",
      ],
      "requestContext": [
        "accountId": "anonymous", "apiId": "gzlambda00000000000000000000000000", "authentication": nil,
        "authorizer": nil,
        "domainName": "gzlambda00000000000000000000000000.lambda-url.us-east-1.on.aws",
        "domainPrefix": "gzlambda00000000000000000000000000",
        "http": [
          "method": "POST", "path": "/my/path%20x", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "me",
        ],
        "requestId": "6bdfb8f5-0000-4000-8000-000000000001", "routeKey": "$default", "stage": "$default",
        "time": "04/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390,
      ],
      "body": #"{"k":"v"}"#, "isBase64Encoded": false, "pathParameters": nil, "stageVariables": nil,
    ]
    #expect(FunctionURLEvent.document(sent, facts) == wanted)
    #expect(JSONValue(parsing: wanted.encoded()) == wanted)
  }

  @Test func whatIsNotThereIsAbsent() {
    let event = FunctionURLEvent.document(request(), facts)
    #expect(event["rawQueryString"] == "")
    for name in ["cookies", "queryStringParameters", "body"] { #expect(event[name] == nil, "\(name)") }
    #expect(event["isBase64Encoded"] == false)
  }

  @Test(
    arguments: [
      ("text/plain; charset=utf-8", Array("hi".utf8), "hi", false),
      ("Application/JSON", Array("{}".utf8), "{}", false), ("application/xml", Array("<a/>".utf8), "<a/>", false),
      ("application/octet-stream", Array("hi".utf8), "aGk=", true),
      ("application/x-www-form-urlencoded", Array("a=1".utf8), "YT0x", true),
      ("text/plain", [0xFF, 0xFE], "//4=", true),
    ] as [(String, [UInt8], String, Bool)])
  func bodies(_ type: String, _ bytes: [UInt8], _ text: String, _ isBase64: Bool) {
    let event = FunctionURLEvent.document(request(.POST, "/", [("content-type", type)], bytes), facts)
    #expect(event["body"]?.text == text)
    #expect(event["isBase64Encoded"] == .bool(isBase64))
  }

  @Test func anEarlierForwarderStaysInFront() {
    let event = FunctionURLEvent.document(request(.GET, "/", [("X-Forwarded-For", "198.51.100.1")]), facts)
    #expect(event["headers", "x-forwarded-for"] == "198.51.100.1, 192.0.2.7")
  }

  @Test func absoluteFormIsAPath() {
    #expect(request(.GET, "http://host:1/a/b?c=d").path == "/a/b")
    #expect(request(.GET, "http://host?c=d").path == "/")
    #expect(request(.GET, "http://host?c=d").query == "c=d")
    #expect(request(.GET, "/a?b=http://c").path == "/a")
  }
}

@Suite struct RESTEventTests {
  @Test func wholeEvent() {
    let sent = request(
      .POST, "/a/b%20c?x=1&x=%31%32&y=", [("Host", "h"), ("X-Two", "1"), ("x-two", "2"), ("User-Agent", "me")],
      Array("hi".utf8))
    let wanted: JSONValue = [
      "resource": "/{proxy+}", "path": "/a/b%20c", "httpMethod": "POST",
      "headers": [
        "Host": "h", "X-Two": "2", "User-Agent": "me", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https", "X-Amzn-Trace-Id": "Root=1-65f2a1b3-0123456789abcdef01234567",
      ],
      "multiValueHeaders": [
        "Host": .array(["h"]), "X-Two": .array(["1", "2"]), "User-Agent": .array(["me"]),
        "X-Forwarded-For": .array(["192.0.2.7"]), "X-Forwarded-Port": .array(["443"]),
        "X-Forwarded-Proto": .array(["https"]),
        "X-Amzn-Trace-Id": .array(["Root=1-65f2a1b3-0123456789abcdef01234567"]),
      ],
      "queryStringParameters": ["x": "12", "y": ""],
      "multiValueQueryStringParameters": ["x": .array(["1", "12"]), "y": .array([""])],
      "pathParameters": ["proxy": "a/b%20c"], "stageVariables": nil,
      "requestContext": [
        "accountId": "123456789012", "apiId": "gzlambda00", "domainPrefix": "gzlambda00",
        "domainName": "gzlambda00.execute-api.us-east-1.amazonaws.com", "extendedRequestId": "UvWxYzAbCdEfGhI=",
        "httpMethod": "POST", "path": "/prod/a/b%20c", "protocol": "HTTP/1.1",
        "requestId": "6bdfb8f5-0000-4000-8000-000000000001", "requestTime": "04/Mar/2020:19:03:58 +0000",
        "requestTimeEpoch": 1_583_348_638_390, "resourceId": "gzlam0", "resourcePath": "/{proxy+}", "stage": "prod",
        "identity": [
          "accessKey": nil, "accountId": nil, "caller": nil, "cognitoAuthenticationProvider": nil,
          "cognitoAuthenticationType": nil, "cognitoIdentityId": nil, "cognitoIdentityPoolId": nil,
          "principalOrgId": nil, "sourceIp": "192.0.2.7", "user": nil, "userAgent": "me", "userArn": nil,
        ],
      ],
      "body": "aGk=", "isBase64Encoded": true,
    ]
    #expect(RESTEvent.document(sent, facts) == wanted)
  }

  /// The last line in one map, all of them in the other, as of every field.
  @Test func severalLinesOfCookies() {
    let event = RESTEvent.document(request(.GET, "/", [("Cookie", "a=1"), ("cookie", "b=2; c=3")]), facts)
    #expect(event["headers", "Cookie"] == "b=2; c=3")
    #expect(event["multiValueHeaders", "Cookie"] == .array(["a=1", "b=2; c=3"]))
  }

  @Test func theRoot() {
    let event = RESTEvent.document(request(), facts)
    #expect(event["resource"] == "/")
    for name in ["pathParameters", "queryStringParameters", "multiValueQueryStringParameters", "body"] {
      #expect(event[name] == .null, "\(name)")
    }
  }
}

@Suite struct LoadBalancerEventTests {
  private let sent = request(
    .GET, "/p%20q?a=%31&a=x%20y", [("Host", "h"), ("X-Two", "1"), ("x-two", "2")])

  @Test func single() {
    let wanted: JSONValue = [
      "requestContext": [
        "elb": [
          "targetGroupArn":
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/gzlambda/0123456789abcdef"
        ]
      ],
      "httpMethod": "GET", "path": "/p%20q", "queryStringParameters": ["a": "x%20y"],
      "headers": [
        "host": "h", "x-two": "2", "x-forwarded-for": "192.0.2.7", "x-forwarded-port": "8080",
        "x-forwarded-proto": "http", "x-amzn-trace-id": "Root=1-65f2a1b3-0123456789abcdef01234567",
      ],
      "body": "", "isBase64Encoded": false,
    ]
    #expect(LoadBalancerEvent.document(sent, facts, multiValue: false) == wanted)
  }

  @Test func multipleValuesReplaceTheMaps() {
    let event = LoadBalancerEvent.document(sent, facts, multiValue: true)
    #expect(event["headers"] == nil)
    #expect(event["queryStringParameters"] == nil)
    #expect(event["multiValueHeaders", "x-two"] == .array(["1", "2"]))
    #expect(event["multiValueQueryStringParameters"] == ["a": .array(["%31", "x%20y"])])
  }

  /// As of every field: without the attribute a load balancer hands on the last line alone.
  @Test func severalLinesOfCookies() {
    let sent = request(.GET, "/", [("Cookie", "a=1"), ("cookie", "b=2; c=3")])
    #expect(LoadBalancerEvent.document(sent, facts, multiValue: false)["headers", "cookie"] == "b=2; c=3")
    let event = LoadBalancerEvent.document(sent, facts, multiValue: true)
    #expect(event["multiValueHeaders", "cookie"] == .array(["a=1", "b=2; c=3"]))
  }

  @Test func anEncodedBodyIsBinary() {
    let plain = request(.POST, "/", [("content-type", "text/plain")], Array("hi".utf8))
    let encoded = request(.POST, "/", [("content-type", "text/plain"), ("content-encoding", "gzip")], Array("hi".utf8))
    #expect(LoadBalancerEvent.document(plain, facts, multiValue: false)["body"] == "hi")
    #expect(LoadBalancerEvent.document(encoded, facts, multiValue: false)["body"] == "aGk=")
  }
}

@Suite struct RequestRuleTests {
  @Test(arguments: [
    (FrontKind.functionURL, "TRACE", true), (.functionURL, "HEAD", false), (.functionURL, "PURGE", true),
    (.rest, "PATCH", false), (.rest, "TRACE", true), (.alb, "PURGE", false), (.alb, "TRACE", true),
  ]) func methods(_ front: FrontKind, _ method: String, _ isRefused: Bool) {
    #expect((Event.refusal(request(HTTPMethod(rawValue: method)), front: front) != nil) == isRefused)
  }

  @Test func percentDecoding() {
    for (text, wanted) in [
      ("%41%zz%4", "A%zz%4"), ("a+b%2B", "a b+"), ("%", "%"), ("%C3%28", "\u{FFFD}("), ("%41", "A"),
    ] {
      #expect(QueryString.decode(text) == wanted)
    }
    #expect(QueryString("a&b=c=d&&=e").pairs.map { [$0.name, $0.value] } == [["a", ""], ["b", "c=d"], ["", "e"]])
  }

  @Test func ids() {
    let id = InvocationID.requestID()
    #expect(id.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    #expect(InvocationID.requestID() != id)
    let trace = InvocationID.traceID(from: nil, milliseconds: 1_583_348_638_390)
    #expect(trace.wholeMatch(of: /Root=1-5e5ffb9e-[0-9a-f]{24}/) != nil)
    #expect(InvocationID.traceID(from: "Root=1-a-b;Sampled=1", milliseconds: 0) == "Root=1-a-b;Sampled=1")
    #expect(InvocationID.traceID(from: "junk", milliseconds: 0).hasPrefix("Root=1-00000000-"))
  }

  @Test func times() {
    #expect(EventTime.timestamp(1_583_348_638_039) == "2020-03-04T19:03:58.039Z")
  }
}
