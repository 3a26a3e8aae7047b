import Testing

@testable import LambdaEmulator

@Suite struct BufferedResponseTests {
  private func parse(_ text: String, _ front: FrontKind, multi: Bool = false) -> Result<BufferedResponse, FrontRefusal>
  {
    do throws(FrontRefusal) {
      return .success(try BufferedResponse.parse(Array(text.utf8), front: front, albMultiValue: multi))
    } catch { return .failure(error) }
  }

  private func body(_ text: String, _ front: FrontKind, multi: Bool = false) -> String? {
    (try? parse(text, front, multi: multi).get()).map { String(decoding: $0.body, as: UTF8.self) }
  }

  private func cause(_ text: String, _ front: FrontKind, multi: Bool = false) -> FrontCause? {
    if case .failure(let refusal) = parse(text, front, multi: multi) { refusal.cause } else { nil }
  }

  @Test(arguments: FrontKind.allCases) func textAndBase64(_ front: FrontKind) {
    #expect(body(#"{"statusCode":200,"body":"hello"}"#, front) == "hello")
    #expect(body(#"{"statusCode":200,"body":"aGVsbG8=","isBase64Encoded":true}"#, front) == "hello")
    #expect(body(#"{"statusCode":204}"#, front) == "")
    #expect(body(#"{"statusCode":200,"body":null}"#, front) == "")
  }

  @Test(arguments: FrontKind.allCases) func malformed(_ front: FrontKind) {
    for text in [
      "", "nonsense", #"{"statusCode":200,"body":{}}"#, #"{"statusCode":200,"body":5}"#,
      #"{"statusCode":200,"body":"???","isBase64Encoded":true}"#,
      #"{"statusCode":200,"body":"aGVsbG8","isBase64Encoded":true}"#, #"{"statusCode":"x"}"#, #"{"statusCode":7}"#,
      #"{"statusCode":200,"headers":{"a\r\n":"1"}}"#, #"{"statusCode":200,"headers":"none"}"#,
    ] { #expect(cause(text, front) == .malformedResponse, "\(text)") }
  }

  /// AWS: without a status code a Function URL takes the JSON itself for the body.
  @Test(arguments: [#"{"message":"hi"}"#, #""text""#, "[1,2]", "5"]) func withoutAStatus(_ text: String) throws {
    let made = try parse(text, .functionURL).get()
    #expect(made.response.status == 200)
    #expect(made.response.fields == [.init(name: "content-type", value: "application/json")])
    #expect(String(decoding: made.body, as: UTF8.self) == text)
    #expect(cause(text, .rest) == .malformedResponse)
    #expect(cause(text, .alb) == .malformedResponse)
  }

  @Test func cookiesOfAFunctionURL() throws {
    let made = try parse(#"{"statusCode":200,"cookies":["a=1","b=2"],"headers":{"x":"y"}}"#, .functionURL).get()
    #expect(made.response.cookies == ["a=1", "b=2"])
    #expect(cause(#"{"statusCode":200,"headers":{"x":["y"]}}"#, .functionURL) == .malformedResponse)
  }

  @Test func multipleValuesOfARESTAPI() throws {
    let text = #"{"statusCode":200,"headers":{"a":"0"},"multiValueHeaders":{"a":["1","2"]}}"#
    #expect(try parse(text, .rest).get().response.fields.map(\.value) == ["1", "2"])
  }

  /// The kind of map is the target group's choice: the other one is a 502.
  @Test func mapsOfALoadBalancer() throws {
    let single = #"{"statusCode":200,"statusDescription":"200 Fine","headers":{"a":"1"}}"#
    let multiple = #"{"statusCode":200,"multiValueHeaders":{"a":["1","2"]}}"#
    let both = #"{"statusCode":200,"headers":{"a":"1"},"multiValueHeaders":{"a":["1","2"]}}"#
    #expect(try parse(single, .alb).get().response.statusDescription == "200 Fine")
    #expect(cause(single, .alb, multi: true) == .malformedResponse)
    #expect(cause(multiple, .alb) == .malformedResponse)
    #expect(try parse(multiple, .alb, multi: true).get().response.fields.count == 2)
    #expect(try parse(both, .alb).get().response.fields.count == 1)
    #expect(try parse(both, .alb, multi: true).get().response.fields.count == 2)
  }

  /// Others neither show nor check it.
  @Test func onlyALoadBalancerKnowsADescription() throws {
    for description in ["200 Fine", #"200\r\nX: y"#] {
      let text = #"{"statusCode":200,"statusDescription":"\#(description)"}"#
      for front in [FrontKind.functionURL, .rest] {
        #expect(try parse(text, front).get().response.statusDescription == nil)
      }
      #expect((cause(text, .alb) == nil) == (description == "200 Fine"))
    }
  }

  @Test func aLoadBalancerTakesAMebibyteOfJSON() {
    let frame = #"{"statusCode":200,"body":""}"#.utf8.count
    let fits = String(repeating: "a", count: 1_048_576 - frame)
    #expect(body(#"{"statusCode":200,"body":"\#(fits)"}"#, .alb) == fits)
    #expect(cause(#"{"statusCode":200,"body":"\#(fits)a"}"#, .alb) == .responseTooLarge)
    #expect(body(#"{"statusCode":200,"body":"\#(fits)a"}"#, .rest) == fits + "a")
  }
}
