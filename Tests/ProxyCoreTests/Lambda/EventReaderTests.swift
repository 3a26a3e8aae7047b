import Testing

@testable import ProxyCore

@Suite struct EventReaderTests {
  @Test func theFrontsAreToldApart() throws {
    #expect(try Events.request(Events.functionURL())?.front == .functionURL)
    #expect(
      try Events.request(Events.functionURL(domain: "x.execute-api.eu-west-1.amazonaws.com"))?.front == .httpAPI)
    #expect(try Events.request(Events.rest())?.front == .restAPI)
    #expect(try Events.request(Events.balancer())?.front == .balancer(isMultiValue: false))
    #expect(try Events.request(Events.balancer(isMultiValue: true))?.front == .balancer(isMultiValue: true))
    let one = #"{"version":"1.0","httpMethod":"GET","path":"/","requestContext":{}}"#
    #expect(try Events.request(one)?.front == .httpAPIFormatOne)
    // A custom domain's name does not begin with the API's id; an emulator may know neither.
    #expect(try Events.request(Events.functionURL(domain: "api.example.com"))?.front == .httpAPI)
    let bare =
      #"{"version":"2.0","requestContext":{"domainName":"localhost","apiId":null,"http":{"method":"GET","path":"/x"}}}"#
    #expect(try Events.request(bare)?.front == .functionURL)
    #expect(try Events.request(bare)?.path == "/x")
  }

  /// An emulator's events of format 2.0 have members of format 1.0 beside their own, and wrong ones.
  @Test func formatTwoWinsOverMembersOfFormatOne() throws {
    let event = Events.functionURL("POST", "/a").dropLast() + #","httpMethod":"GET","resource":null,"path":"/b"}"#
    let request = try #require(try Events.request(String(event)))
    #expect(request.front == .functionURL)
    #expect(request.method == "POST")
    #expect(request.path == "/a")
  }

  @Test(arguments: ["{}", "null", #"{"warmer":true}"#, #"{"source":"serverless-plugin-warmup"}"#])
  func warmUpsAreKnown(_ text: String) throws { #expect(try Events.read(text) == .warmUp) }

  @Test func aScheduleKeepsWarm() throws {
    let event = #"{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#
    #expect(try Events.read(event) == .warmUp)
  }

  @Test(arguments: [
    #"{"Records":[{"eventSource":"aws:sqs","body":"{}"}]}"#, #"[1,2]"#, #""text""#, "12",
    #"{"version":"2.0","routeKey":"$connect","requestContext":{"connectionId":"x"}}"#,
    #"{"httpMethod":"GET","path":"/"}"#, #"{"warmer":false}"#,
  ])
  func whatIsNotHTTPIsForeign(_ text: String) throws { #expect(try Events.read(text) == .foreign) }

  @Test func aBalancersHealthCheckIsKnown() throws {
    let agent = "ELB-HealthChecker/2.0"
    for isMultiValue in [true, false] {
      let check = Events.balancer(isMultiValue: isMultiValue, agent: agent)
      #expect(try Events.read(check) == .healthCheck(.balancer(isMultiValue: isMultiValue), isHead: false))
      let head = check.replacing(#""httpMethod":"GET""#, with: #""httpMethod":"HEAD""#)
      #expect(try Events.read(head) == .healthCheck(.balancer(isMultiValue: isMultiValue), isHead: true))
    }
    // Not what a health check looks like: somebody's request.
    #expect(try Events.request(Events.balancer(agent: agent, parameters: #"{"a":"1"}"#)) != nil)
  }

  @Test func theClientIsWhoTheFrontSays() throws {
    #expect(try Events.request(Events.functionURL())?.sourceAddress == "203.0.113.9")
    #expect(try Events.request(Events.rest())?.sourceAddress == "198.51.100.7")
    let balancer = try #require(try Events.request(Events.balancer()))
    // What the client wrote itself stands before what the balancer adds.
    #expect(balancer.sourceAddress == "192.0.2.4")
    #expect(balancer.isTLS)
    #expect(try Events.request(Events.balancer(isMultiValue: true))?.isTLS == false)
  }

  @Test func bodiesAreTakenByTheirFlag() throws {
    func body(_ text: String, _ isBase64: Bool) throws -> [UInt8]? {
      try Events.request(Events.functionURL("POST", body: text, isBase64: isBase64))?.body
    }
    #expect(try body(#""Gr\u00fc\u00dfe \ud83d\ude00\n""#, false) == Array("Grüße 😀\n".utf8))
    #expect(try body(#""H4sIAAA=""#, true) == [0x1F, 0x8B, 8, 0, 0])
    #expect(try body(#""H4s\/AAA=""#, true) == [0x1F, 0x8B, 0x3F, 0, 0])
    #expect(try body("null", false) == [])
    #expect(try body(#""""#, true) == [])
    for broken in [#""H4sIAAA""#, #""H4sI_AA=""#, #""H4sI AAA""#, #""!!!!""#, #""H4sIAAB=""#] {
      #expect(throws: RawEvent.Malformed.self) { _ = try body(broken, true) }
    }
  }

  @Test func cookiesBecomeOneField() throws {
    let event = Events.functionURL(headers: #""cookie":"a=1; b=2""#, cookies: #"["a=1","b=2"]"#)
    let fields = try #require(try Events.request(event)).fields.filter { $0.name == "cookie" }
    #expect(fields == [.init(name: "cookie", value: "a=1; b=2")])
  }

  @Test func aStageIsNoPartOfThePath() throws {
    func path(_ raw: String, _ stage: String) throws -> String? {
      try Events.request(Events.functionURL("GET", raw, stage: stage))?.path
    }
    #expect(try path("/prod/a", "prod") == "/a")
    #expect(try path("/prod", "prod") == "/")
    #expect(try path("/product", "prod") == "/product")
    #expect(try path("/$default/a", "$default") == "/$default/a")
  }

  @Test func queriesAreEncodedOnce() throws {
    let decoded = #"{"a b":["1&2","ü"],"c":["%"]}"#
    #expect(try Events.request(Events.rest(parameters: decoded))?.query == "a%20b=1%262&a%20b=%C3%BC&c=%25")
    let encoded = #"{"a%20b":"1%262"}"#
    #expect(try Events.request(Events.balancer(parameters: encoded))?.query == "a%20b=1%262")
    #expect(try Events.request(Events.functionURL(query: "a=%20&b"))?.query == "a=%20&b")
  }

  @Test func severalValuesOfAFieldStaySeveral() throws {
    let fields = try #require(try Events.request(Events.rest())).fields.filter { $0.name == "X-A" }
    #expect(fields.map(\.value) == ["first", "second"])
  }

  /// Whatever is cut off, it is an error or an event, and never the process's end.
  @Test func everyBeginningOfAnEventIsRefused() throws {
    for text in [Events.functionURL("POST", body: #""H4sIAAA=""#, isBase64: true), Events.rest(), Events.balancer()] {
      let bytes = Array(text.utf8)
      for count in 0..<bytes.count {
        #expect(throws: RawEvent.Malformed.self) {
          _ = try Array(bytes[..<count]).withUnsafeBytes { try EventReader.read($0) }
        }
      }
    }
  }

  @Test func membersOfOtherShapesArePassedOver() throws {
    let event = #"""
      {"version":"2.0","rawPath":7,"headers":[1],"cookies":{"a":1},"body":{"x":1},"isBase64Encoded":"no",
      "queryStringParameters":"x","requestContext":{"http":{"method":"GET","sourceIp":4},"elb":null,"stage":[]}}
      """#
    let request = try #require(try Events.request(event))
    #expect(request.path == "/")
    #expect(request.body.isEmpty)
    #expect(request.fields.isEmpty)
  }

  @Test func nestingIsBounded() {
    let deep = #"{"a":"# + String(repeating: "[", count: 100_000)
    #expect(throws: RawEvent.Malformed.self) { _ = try Events.read(deep) }
  }
}
