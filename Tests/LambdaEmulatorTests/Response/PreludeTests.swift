import Testing

@testable import LambdaEmulator

@Suite struct PreludeTests {
  private func parse(_ text: String, multiValue: Bool = false) -> FunctionResponse? {
    Prelude.parse(Array(text.utf8), multiValue: multiValue)
  }

  @Test func everyMemberMayBeMissing() {
    #expect(parse("{}") == FunctionResponse(status: 200, fields: [], cookies: []))
  }

  @Test func statusFieldsAndCookies() {
    let made = parse(#"{"statusCode":418,"headers":{"b":"2","a":"1"},"cookies":["x=1","y=2"]}"#)
    let fields: [FunctionResponse.Field] = [.init(name: "a", value: "1"), .init(name: "b", value: "2")]
    #expect(made == FunctionResponse(status: 418, fields: fields, cookies: ["x=1", "y=2"]))
  }

  @Test(arguments: [
    "", "null", "[]", "nonsense", #"{"statusCode":"200"}"#, #"{"statusCode":99}"#, #"{"statusCode":600}"#,
    #"{"headers":{"a":["1"]}}"#, #"{"headers":{"a":1}}"#, #"{"headers":[]}"#, #"{"cookies":"a=1"}"#,
    #"{"cookies":[1]}"#, #"{"headers":{"a":"1\r\nb: 2"}}"#, #"{"headers":{"a b":"1"}}"#, #"{"headers":{"a":"ä"}}"#,
    #"{"headers":{"":"1"}}"#, #"{"statusCode":200.5}"#,
  ]) func refused(_ text: String) { #expect(parse(text) == nil) }

  @Test func multipleValuesWinBeforeARESTAPI() {
    let text = #"{"headers":{"A":"0","b":"1"},"multiValueHeaders":{"a":["1","2"]}}"#
    #expect(
      parse(text, multiValue: true)?.fields == [
        .init(name: "b", value: "1"), .init(name: "a", value: "1"), .init(name: "a", value: "2"),
      ])
    // A Function URL does not know them.
    #expect(parse(text)?.fields.map(\.name) == ["A", "b"])
    #expect(parse(#"{"multiValueHeaders":{"a":"1"}}"#, multiValue: true) == nil)
  }

  @Test(arguments: [
    ("application/vnd.awslambda.http-integration-response", true),
    ("Application/Vnd.AWSLambda.HTTP-Integration-Response; charset=utf-8", true), ("application/json", false),
  ]) func announced(_ type: String, _ isIt: Bool) {
    #expect(Prelude.isAnnounced(by: type) == isIt)
    #expect(!Prelude.isAnnounced(by: nil))
  }
}
