import Testing
import ToolSupport

@testable import LoadGen

/// Against the facts of AWS's published test suite: inputs, and the signatures they must have.
@Suite struct SigV4Tests {
  private static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
  private static let scope = SigV4Scope(region: "us-east-1", service: "service")
  private static let time = "20150830T123600Z"

  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var method = "GET"
    var target = "/"
    var headers: [(name: String, value: String)] = []
    var body = ""
    var signature: String
    var testDescription: String { name }
  }

  private static let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
  private static let unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  private static let form = "application/x-www-form-urlencoded"

  static let vectors: [Vector] = [
    Vector(name: "get-vanilla", signature: vanilla),
    Vector(
      name: "get-vanilla-query-order-key-case", target: "/?Param2=value2&Param1=value1",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    Vector(
      name: "get-vanilla-query-unreserved", target: "/?\(unreserved)=\(unreserved)",
      signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    Vector(
      name: "get-vanilla-utf8-query", target: "/?ሴ=bar",
      signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    Vector(
      name: "get-unreserved", target: "/\(unreserved)",
      signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    Vector(name: "get-relative", target: "/example/..", signature: vanilla),
    Vector(name: "get-relative-relative", target: "/example1/example2/../..", signature: vanilla),
    Vector(name: "get-slash", target: "//", signature: vanilla),
    Vector(name: "get-slash-dot-slash", target: "/./", signature: vanilla),
    Vector(
      name: "get-slash-pointless-dot", target: "/./example",
      signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
    Vector(
      name: "get-slashes", target: "//example//",
      signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    Vector(
      name: "get-header-value-trim", headers: [("my-header1", " value1"), ("my-header2", " \"a   b   c\"")],
      signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    Vector(
      name: "get-header-key-duplicate",
      headers: [("my-header1", "value2"), ("my-header1", "value2"), ("my-header1", "value1")],
      signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    Vector(
      name: "post-vanilla", method: "POST",
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    Vector(
      name: "post-vanilla-query", method: "POST", target: "/?Param1=value1",
      signature: "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"),
    Vector(
      name: "post-x-www-form-urlencoded", method: "POST", headers: [("content-type", form)], body: "Param1=value1",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    Vector(
      name: "post-x-www-form-urlencoded-parameters", method: "POST",
      headers: [("content-type", form + "; charset=utf8")],
      body: "Param1=value1", signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
    Vector(
      name: "post-sts-header-before", method: "POST",
      headers: [
        (
          "x-amz-security-token",
          "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwth"
            + "Ax7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHN"
            + "VXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLx"
            + "BA=="
        )
      ], signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
  ]

  @Test(arguments: vectors) func vector(_ vector: Vector) {
    let subject = SigV4.Subject(
      method: vector.method,
      url: SigV4URL("https://example.amazonaws.com" + vector.target, encodesPath: false),
      headers: [("host", "example.amazonaws.com"), ("x-amz-date", Self.time)] + vector.headers,
      payloadHash: SigV4.hash(vector.body.utf8))
    let text = SigV4.stringToSign(SigV4.canonicalRequest(subject, Self.scope), time: Self.time, Self.scope)
    let key = SigV4.signingKey(secret: Self.secret, day: "20150830", Self.scope)
    #expect(SigV4.signature(text, key: key) == vector.signature)
  }

  @Test(arguments: [
    ("http://h", "http://h/"), ("http://h?a", "http://h/?a"), ("http://h/?", "http://h/"),
    ("http://h/%7e%2f%c3%a9", "http://h/~%2F%C3%A9"), ("http://h/é {}\"", "http://h/%C3%A9%20%7B%7D%22"),
    ("http://h/a:b@c,d", "http://h/a:b@c,d"), ("http://h/a/../b//c/.", "http://h/a/../b//c/."),
    ("http://h/?b=1&&a=é&c=x=y/z", "http://h/?b=1&a=%C3%A9&c=x%3Dy%2Fz"), ("http://h/%zz%4", "http://h/%25zz%254"),
    ("http://h/?acl&list-type=2", "http://h/?acl&list-type=2"),
  ])
  func whatIsSentIsUnambiguous(_ typed: String, _ sent: String) {
    #expect(SigV4URL(typed, encodesPath: false).text == sent)
    // Once more changes nothing.
    #expect(SigV4URL(sent, encodesPath: false).text == sent)
  }

  @Test func pathsOfS3AreWhollyEncoded() {
    #expect(
      SigV4URL("https://b.s3.eu-west-1.amazonaws.com/a:b@c,(d)", encodesPath: true).path == "/a%3Ab%40c%2C%28d%29")
  }

  @Test(arguments: [
    ("http://H:80/", "h"), ("https://h:443/", "h"), ("https://h:80/", "h:80"), ("http://h:/", "h"),
    ("http://[::1]:8080/", "[::1]:8080"),
  ])
  func hosts(_ url: String, _ host: String) { #expect(SigV4URL(url, encodesPath: false).host == host) }

  @Test(arguments: [
    ("abc123.lambda-url.eu-west-1.on.aws", "eu-west-1", "lambda"),
    ("abc.execute-api.us-east-1.amazonaws.com", "us-east-1", "execute-api"),
    ("bucket.s3.eu-central-1.amazonaws.com", "eu-central-1", "s3"),
    ("sqs.cn-north-1.amazonaws.com.cn", "cn-north-1", "sqs"),
  ])
  func scopesOfHosts(_ host: String, _ region: String, _ service: String) {
    #expect(SigV4Scope.guessed(host) == SigV4Scope(region: region, service: service))
  }

  @Test(arguments: ["127.0.0.1", "example.com", "s3.amazonaws.com", "amazonaws.com", "a..amazonaws.com", ""])
  func hostsThatSayNothing(_ host: String) { #expect(SigV4Scope.guessed(host) == nil) }

  /// Two tokens in one request are none.
  @Test func aTokenIsSentOnce() {
    var plan = LoadPlan(urls: ["https://x.lambda-url.eu-west-1.on.aws/"])
    plan.signing = SigningPlan(credentials: Credentials(user: "k", password: "s"))
    plan.headers = ["X-Amz-Security-Token: mine"]
    #expect(throws: Never.self) { try SigV4Option.check(plan) }
    plan.signing?.sessionToken = "t"
    let failure = #expect(throws: ToolFailure.self) { try SigV4Option.check(plan) }
    #expect(
      failure?.message
        == "--aws-sigv4: sets x-amz-security-token by itself, from AWS_SESSION_TOKEN; drop that header")
  }

  @Test func keysComeFromTheOptionOrTheEnvironment() throws {
    let environment = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "sk", "AWS_SESSION_TOKEN": "t+/="]
    let own = Credentials(user: "K", password: "s")
    let typed = try SigV4Option.plan("aws:amz:r1:s1", credentials: own) { environment[$0] }
    #expect(typed.credentials == own && typed.region == "r1" && typed.service == "s1")
    // The token belongs to the environment's keys.
    #expect(typed.sessionToken == nil)
    let found = try SigV4Option.plan("AWS:AMZ", credentials: nil) { environment[$0] }
    #expect(found.credentials == Credentials(user: "AK", password: "sk") && found.sessionToken == "t+/=")
    #expect(found.region == nil && found.service == nil)
    for environment in [[:], ["AWS_ACCESS_KEY_ID": "AK"], ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": ""]] {
      let failure = #expect(throws: ToolFailure.self) {
        try SigV4Option.plan("aws:amz:r:s", credentials: nil) { environment[$0] }
      }
      #expect(
        failure?.message
          == "--aws-sigv4: no keys; give -u KEY:SECRET, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    let broken = ["AWS_ACCESS_KEY_ID": "AK\r\nX: y", "AWS_SECRET_ACCESS_KEY": "sk"]
    let failure = #expect(throws: ToolFailure.self) {
      try SigV4Option.plan("aws:amz:r:s", credentials: nil) { broken[$0] }
    }
    #expect(failure?.message.contains("holds spaces or line breaks") == true)
  }
}
