import Testing

@testable import ProxyCore

@Suite struct EventRequestTests {
  @Test func aRequestIsWhatTheClientSent() throws {
    let message = try Events.message(
      Events.functionURL("GET", "/a%20b", query: "x=1&y=%2F", headers: #""accept-encoding":"gzip""#))
    #expect(message.hasPrefix("GET /a%20b?x=1&y=%2F HTTP/1.1\r\nhost: abc.lambda-url.eu-west-1.on.aws\r\n"))
    #expect(message.contains("\r\naccept-encoding: gzip\r\n"))
    #expect(!message.contains("content-length"))
    #expect(message.hasSuffix("\r\n\r\n"))
  }

  @Test(arguments: [
    ("/a b", "/a%20b"), ("/100%", "/100%"), ("/a?b", "/a%3Fb"), ("/a#b", "/a%23b"), ("/ü", "/%C3%BC"),
    ("a", "/a"), ("", "/"), ("/\u{301}x", "/%CC%81x"), ("/%2e%2E/", "/%2e%2E/"), (#"/a\r\nb"#, "/a%0D%0Ab"),
  ])
  func pathsAreMadeLegalAndNeverEncodedTwice(_ path: String, _ expected: String) throws {
    let message = try Events.message(Events.functionURL("GET", path))
    #expect(message.hasPrefix("GET \(expected) HTTP/1.1\r\n"))
  }

  @Test func whatIsForThisHopStaysHere() throws {
    let signature = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/lambda/aws4_request, Signature=0"
    let message = try Events.message(
      Events.functionURL(
        headers: #""authorization":"\#(signature)","x-amz-security-token":"secret","x-amz-date":"20260101T000000Z","#
          + #""transfer-encoding":"chunked","content-length":"99","expect":"100-continue","te":"trailers","#
          + #""x-amzn-tls-version":"TLSv1.3","lambda-runtime-aws-request-id":"x","x-kept":"yes""#))
    let fields = message.split(separator: "\r\n").dropFirst().map { $0.prefix { $0 != ":" } }
    #expect(fields == ["host", "x-forwarded-for", "x-kept", "x-amzn-trace-id"])
    #expect(!message.contains("secret"))
  }

  @Test func aSignatureInTheQueryStaysHere() throws {
    let signed = "X-Amz-Algorithm=AWS4-HMAC-SHA256&a=1&X-Amz-Security-Token=secret&X-Amz-Signature=0&b=X-Amz-c"
    #expect(try Events.message(Events.functionURL(query: signed)).hasPrefix("GET /?a=1&b=X-Amz-c HTTP/1.1\r\n"))
    let own = "X-Amz-Meta=kept"
    #expect(try Events.message(Events.functionURL(query: own)).hasPrefix("GET /?X-Amz-Meta=kept HTTP/1.1\r\n"))
  }

  @Test func aClientsOwnCredentialsGoOn() throws {
    let message = try Events.message(Events.functionURL(headers: #""authorization":"Bearer t""#))
    #expect(message.contains("\r\nauthorization: Bearer t\r\n"))
  }

  @Test func theTraceIsTheInvocations() throws {
    #expect(try Events.message(Events.functionURL()).contains("\r\nx-amzn-trace-id: Root=1-a\r\n"))
    let message = try Events.message(Events.functionURL(), trace: "Root=1-b;Sampled=1")
    #expect(message.contains("\r\nx-amzn-trace-id: Root=1-b;Sampled=1\r\n"))
    #expect(!message.contains("Root=1-a"))
  }

  @Test func lengthsAreCountedAnew() throws {
    #expect(try Events.message(Events.functionURL("POST", body: #""abc""#)).contains("\r\ncontent-length: 3\r\n"))
    #expect(try Events.message(Events.functionURL("PUT")).contains("\r\ncontent-length: 0\r\n"))
    #expect(try Events.message(Events.functionURL("DELETE", body: #""x""#)).contains("\r\ncontent-length: 1\r\n"))
  }

  @Test(arguments: [
    #""x-a":"1\r\nx-b: 2""#, #""x-a\r\nx-b":"1""#, #""x a":"1""#, #""x-a":"\u0000""#, #""":"1""#, #""x-a":"a\nb""#,
  ])
  func noFieldCanMakeAnother(_ field: String) throws {
    #expect(throws: ProxyCause.malformedRequest) { _ = try Events.message(Events.functionURL(headers: field)) }
  }

  @Test(arguments: ["", "GE T", #"GET / HTTP/1.1\r\nx: y"#]) func methodsAreTokens(_ method: String) throws {
    #expect(throws: ProxyCause.malformedRequest) { _ = try Events.message(Events.functionURL(method)) }
  }
}
