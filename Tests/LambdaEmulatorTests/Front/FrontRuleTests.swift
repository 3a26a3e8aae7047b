import NIOHTTP1
import Testing

@testable import LambdaEmulator

@Suite struct FrontRuleTests {
  private func rules(
    _ front: FrontKind, isHead: Bool = false, isHTTP10: Bool = false, effect: TrailerEffect = .clean
  ) -> FrontRules {
    FrontRules(
      front: front, requestID: "id", traceID: "trace", isHead: isHead, isHTTP10: isHTTP10, trailerEffect: effect)
  }

  private func response(
    _ status: Int = 200, _ fields: [(String, String)] = [], cookies: [String] = []
  ) -> FunctionResponse {
    FunctionResponse(status: status, fields: fields.map { .init(name: $0.0, value: $0.1) }, cookies: cookies)
  }

  private func lines(_ head: FrontHead) -> [String] { head.fields.map { "\($0.name): \($0.value)" } }

  @Test func aFunctionURLRenamesWhatIsItsOwn() {
    let sent = response(
      200,
      [
        ("Content-Length", "9"), ("Date", "d"), ("Server", "s"), ("Connection", "close"), ("WWW-Authenticate", "Basic"),
        ("x-amzn-RequestId", "r"), ("X-Amzn-Trace-Id", "t"), ("Transfer-Encoding", "gzip"), ("Keep-Alive", "1"),
        ("content-type", "text/plain"), ("content-encoding", "gzip"), ("x-mine", "1"),
      ], cookies: ["a=1", "b=2"])
    #expect(
      lines(rules(.functionURL).streamedHead(sent)) == [
        "x-amzn-RequestId: id", "X-Amzn-Trace-Id: trace", "x-amzn-Remapped-Content-Length: 9",
        "x-amzn-Remapped-Date: d", "x-amzn-Remapped-Server: s", "x-amzn-Remapped-Connection: close",
        "x-amzn-Remapped-WWW-Authenticate: Basic", "x-amzn-Remapped-x-amzn-RequestId: r",
        "x-amzn-Remapped-X-Amzn-Trace-Id: t", "content-type: text/plain", "content-encoding: gzip", "x-mine: 1",
        "Set-Cookie: a=1", "Set-Cookie: b=2",
      ])
  }

  @Test func aRESTAPIBelievesALength() {
    let head = rules(.rest).streamedHead(response(200, [("Content-Length", "9"), ("content-type", "a/b")]))
    #expect(head.framing == .length(9))
    #expect(lines(head).filter { $0.lowercased().contains("content-length") } == ["Content-Length: 9"])
    #expect(rules(.rest).streamedHead(response(200, [("Content-Length", "x")])).framing == .chunked)
    #expect(rules(.functionURL).streamedHead(response(200, [("Content-Length", "9")])).framing == .chunked)
  }

  @Test func bodiesThatThereAreNot() {
    for status in [204, 304] { #expect(rules(.functionURL).streamedHead(response(status)).framing == .none) }
    #expect(rules(.functionURL, isHead: true).streamedHead(response()).framing == .none)
    #expect(rules(.functionURL, isHTTP10: true).streamedHead(response()).framing == .close)
    #expect(rules(.functionURL, isHTTP10: true).bufferedHead(response(), length: 3).framing == .length(3))
    #expect(
      !lines(rules(.functionURL).bufferedHead(response(204), length: 0)).contains { $0.hasPrefix("Content-Length") })
    let head = rules(.functionURL, isHead: true).bufferedHead(response(), length: 7)
    #expect(head.framing == .none)
    #expect(lines(head).contains("Content-Length: 7"))
  }

  @Test func typesThatNobodyTold() {
    #expect(lines(rules(.functionURL).streamedHead(response())).contains("Content-Type: application/octet-stream"))
    #expect(lines(rules(.functionURL).bufferedHead(response(), length: 0)).contains("Content-Type: application/json"))
    #expect(lines(rules(.alb).bufferedHead(response(), length: 0)).contains("Content-Type: application/octet-stream"))
  }

  @Test func aLoadBalancerSpeaksForItself() {
    var sent = response(
      200, [("Server", "s"), ("Date", "d"), ("Connection", "close"), ("content-length", "5"), ("x", "1")])
    sent.statusDescription = "200 Very Fine"
    let head = rules(.alb).bufferedHead(sent, length: 2)
    #expect(head.reason == "Very Fine")
    #expect(
      lines(head) == [
        "Server: awselb/2.0", "Content-Type: application/octet-stream", "x: 1", "Content-Length: 2",
      ])
    sent.statusDescription = "Fine"
    #expect(rules(.alb).bufferedHead(sent, length: 2).reason == "Fine")
  }

  @Test func trailersAreAnnouncedWhereTheyAreShown() {
    let head = rules(.functionURL, effect: .trailer).streamedHead(response(), announcedTrailers: "X, Y")
    #expect(lines(head).last == "Trailer: X, Y")
    for effect in [TrailerEffect.clean, .cut] {
      let other = rules(.functionURL, effect: effect).streamedHead(response(), announcedTrailers: "X, Y")
      #expect(!lines(other).contains { $0.hasPrefix("Trailer") })
    }
  }

  @Test func trailerErrors() {
    #expect(TrailerError(nil) == nil)
    #expect(TrailerError(["x": "y"]) == nil)
    #expect(TrailerError([TrailerError.typeField: ""]) == nil)
    #expect(TrailerError([TrailerError.typeField: "oops"])?.type == "Runtime.Unknown")
    let error = TrailerError([TrailerError.bodyField: "e30=", "other": "1", TrailerError.typeField: "Function.Cut"])
    #expect(error?.fields.map(\.name) == [TrailerError.typeField, TrailerError.bodyField])
  }
}
