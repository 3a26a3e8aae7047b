import TestSupport
import Testing
import ToolSupport

@testable import ProxyCore

/// Responses that stream, as they arrive at the Runtime API.
@Suite struct LambdaStreamTests {
  @Test func preludeDelimiterAndBodyAreChunksOfTheirOwn() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(upload.action == "response")
    #expect(upload.id == "id-1")
    let head = upload.head.lowercased()
    #expect(head.contains("\r\ncontent-type: application/vnd.awslambda.http-integration-response\r\n"))
    #expect(head.contains("\r\nlambda-runtime-function-response-mode: streaming\r\n"))
    #expect(head.contains("\r\ntransfer-encoding: chunked\r\n"))
    #expect(!head.contains("content-length"))
    #expect(
      upload.prelude.hasPrefix(#"{"statusCode":200,"headers":{"Content-Type":"text/csv","Content-Encoding":"gzip","#))
    #expect(upload.prelude.contains(#""x-gzproxy-content-length":"5""#))
    #expect(upload.chunks[1] == [UInt8](repeating: 0, count: 8))
    #expect(String(decoding: upload.body, as: UTF8.self) == "hello")
    #expect(upload.isWhole)
    #expect(upload.trailers.isEmpty)
  }

  /// What an upstream says in its framing is for this hop: a trailer that Lambda would act on most of all.
  @Test(arguments: [
    "5;a=b\r\nhello\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Forged\r\n"
      + "Lambda-Runtime-Function-Error-Body: e30=\r\n\r\n",
    "1\r\nh\r\n4\r\nello\r\n0;last=1\r\nx: y\r\n\r\n",
  ])
  func anUpstreamsFramingStaysBehind(_ body: String) async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
    let event = Events.functionURL(headers: #""te":"trailers","connection":"te""#)
    let upload = try await RuntimeModel.outcome(of: event, upstream: origin.url)
    #expect(String(decoding: upload.body, as: UTF8.self) == "hello")
    #expect(upload.isWhole)
    #expect(upload.trailers.isEmpty)
    #expect(!upload.prelude.lowercased().contains("trailer"))
  }

  @Test func aBodyThatEndsWithItsConnectionIsWhole() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\n\r\nhello")
      peer.finish()
    }
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(String(decoding: upload.body, as: UTF8.self) == "hello")
    #expect(upload.isWhole && upload.trailers.isEmpty)
  }

  @Test func aLongBodyArrivesByteForByte() async throws {
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
        guard peer.write(body) else { return }
      }
    }
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(upload.body == body)
    #expect(upload.chunks.allSatisfy { $0.count <= LambdaSettings.pieceBytes })
  }

  @Test func theUpstreamGetsTheRequest() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        let body = peer.read(count: 5) ?? []
        origin.note(head + String(decoding: body, as: UTF8.self))
        guard peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx") else { return }
      }
    }
    _ = try await RuntimeModel.outcome(
      of: Events.functionURL("POST", "/up", query: "a=1", body: #""aGVsbG8=""#, isBase64: true),
      fields: "Lambda-Runtime-Trace-Id: Root=1-z;Sampled=0\r\n", upstream: origin.url)
    let request = try #require(origin.requests.first)
    #expect(request.hasPrefix("POST /up?a=1 HTTP/1.1\r\n"))
    #expect(request.hasSuffix("\r\n\r\nhello"))
    for field in [
      "content-length: 5", "x-amzn-trace-id: Root=1-z;Sampled=0", "x-forwarded-for: 203.0.113.9",
      "x-forwarded-proto: https", "x-forwarded-host: abc.lambda-url.eu-west-1.on.aws", "x-forwarded-port: 443",
      "x-request-id: id-1",
    ] { #expect(request.contains("\r\n\(field)\r\n"), "\(field) in \(request)") }
  }

  @Test(arguments: [
    ("GET", "200 OK\r\nContent-Length: 0", "\n"), ("GET", "404 Not Found\r\nContent-Length: 0", "\n"),
    ("GET", "200 OK\r\nTransfer-Encoding: chunked", "\n"), ("GET", "204 No Content", ""),
    ("GET", "304 Not Modified\r\nContent-Length: 9", ""), ("HEAD", "200 OK\r\nContent-Length: 9", ""),
  ])
  func emptyBodiesHaveASentinelWhereOneMayStand(_ method: String, _ head: String, _ expected: String) async throws {
    let end = head.contains("chunked") ? "0\r\n\r\n" : ""
    let origin = try ScriptedOrigin.answering("HTTP/1.1 \(head)\r\n\r\n\(end)")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(method), upstream: origin.url)
    #expect(String(decoding: upload.body, as: UTF8.self) == expected)
    #expect(upload.chunks.count >= 2 && upload.isWhole)
    let off = try await RuntimeModel.outcome(of: Events.functionURL(method), upstream: origin.url) {
      $1.sentinel = .off
    }
    #expect(off.body.isEmpty && off.chunks.count == 2 && off.isWhole)
    let rest = try await RuntimeModel.outcome(of: Events.rest(method), upstream: origin.url)
    #expect(rest.body.isEmpty && rest.isWhole)
  }

  @Test(arguments: [("HEAD", "200 OK", ""), ("GET", "205 Reset Content", ""), ("GET", "200 OK", "\n")])
  func aSentinelIsNeverWhereNoBodyMayBe(_ method: String, _ status: String, _ expected: String) async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(method), upstream: origin.url)
    #expect(String(decoding: upload.body, as: UTF8.self) == expected)
    // A length of nothing beside a byte would be held against it.
    #expect(upload.prelude.contains("x-gzproxy-content-length") == expected.isEmpty)
  }

  @Test(arguments: ["/.gzproxy/healthz", "/.gzproxy/hello", "/"]) func noHEADHasABody(_ path: String) async throws {
    let closed = try ClosedPort()
    let upload = try await RuntimeModel.outcome(of: Events.functionURL("HEAD", path), upstream: closed.url)
    #expect(upload.body.isEmpty && upload.isWhole)
    #expect(upload.prelude.contains(path == "/" ? "502" : "200"))
  }

  @Test(arguments: [600, 999]) func aStatusThatNoFrontTakesIsAnError(_ status: Int) async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 \(status) X\r\nContent-Length: 1\r\n\r\nx")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(upload.prelude.hasPrefix(#"{"statusCode":502,"#))
  }

  @Test func anEchoIsSentOnlyWhereItWasAskedFor() async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    let asked = try await RuntimeModel.outcome(
      of: Events.functionURL(), fields: "Lambda-Runtime-Invocation-Id: attempt-7\r\n", upstream: origin.url)
    #expect(asked.head.lowercased().contains("\r\nlambda-runtime-invocation-id: attempt-7\r\n"))
    let other = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(!other.head.lowercased().contains("lambda-runtime-invocation-id"))
  }

  @Test func aPreludeThatNoFrontWouldReadIsRefused() async throws {
    let fields = (0..<17).map { "X-\($0): \(String(repeating: "v", count: 1000))\r\n" }.joined()
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\n\(fields)Content-Length: 1\r\n\r\nx")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url)
    #expect(upload.prelude.hasPrefix(#"{"statusCode":502,"#))
    #expect(upload.prelude.contains("cause=response_head_too_large"))
  }

  // MARK: Limits

  @Test func aKnownLengthBeyondTheLimitIsToldAtOnce() async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")
    let upload = try await RuntimeModel.outcome(of: Events.functionURL("GET", "/a", query: "b=c"), upstream: origin.url)
    {
      $1.streamLimit = 100_000
    }
    #expect(upload.prelude.hasPrefix(#"{"statusCode":502,"#))
    #expect(upload.prelude.contains("error=http_response_body_size"))
    #expect(upload.prelude.contains("cause=response_too_large"))
    #expect(String(decoding: upload.body, as: UTF8.self).contains(#""limit_bytes":100000"#))
    let redirected = try await RuntimeModel.outcome(
      of: Events.functionURL("GET", "/a", query: "b=c"), upstream: origin.url + "/base"
    ) {
      $1.streamLimit = 100_000
      $1.redirectsOversize = true
    }
    #expect(redirected.prelude.hasPrefix(#"{"statusCode":307,"#))
    #expect(redirected.prelude.contains(#""location":"\#(origin.url)/base/a?b=c""#))
    let posted = try await RuntimeModel.outcome(of: Events.functionURL("POST"), upstream: origin.url) {
      $1.streamLimit = 100_000
      $1.redirectsOversize = true
    }
    #expect(posted.prelude.hasPrefix(#"{"statusCode":502,"#))
  }

  @Test(arguments: [LambdaSettings.Abort.trailers, .reset])
  func anUnknownLengthIsCutAtTheLimit(_ abort: LambdaSettings.Abort) async throws {
    let body = [UInt8](repeating: 65, count: 200_000)
    let origin = try ScriptedOrigin { peer, _ in
      while peer.readHead() != nil {
        peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n30d40\r\n")
        guard peer.write(body), peer.write("\r\n0\r\n\r\n") else { return }
      }
    }
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url) {
      $1.streamLimit = 100_000
      $1.abort = abort
    }
    #expect(upload.bytes.count <= 100_000)
    #expect(upload.isWhole == (abort == .trailers))
    if abort == .trailers {
      #expect(upload.trailers["Lambda-Runtime-Function-Error-Type"] == "Function.ResponseTooLarge")
    }
  }

  // MARK: Failures in mid-stream

  @Test(arguments: [LambdaSettings.Abort.trailers, .reset], [1, 4])
  func aCutBodyIsNeverTakenForAWholeOne(_ abort: LambdaSettings.Abort, _ workers: Int) async throws {
    for length in ["Content-Length: 100", "Transfer-Encoding: chunked"] {
      let start = length.hasPrefix("T") ? "64\r\nhello" : "hello"
      let origin = try ScriptedOrigin { peer, _ in
        guard peer.readHead() != nil else { return }
        peer.write("HTTP/1.1 200 OK\r\n\(length)\r\n\r\n\(start)")
        peer.finish()
      }
      let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url, workers: workers) {
        $1.abort = abort
      }
      #expect(upload.prelude.hasPrefix(#"{"statusCode":200,"#))
      #expect(String(decoding: upload.body, as: UTF8.self) == "hello")
      #expect(upload.isWhole == (abort == .trailers))
      guard abort == .trailers else { continue }
      #expect(upload.trailers["Lambda-Runtime-Function-Error-Type"] == "Function.ResponseIncomplete")
      let report = upload.trailers["Lambda-Runtime-Function-Error-Body"].flatMap(Base64.decode)
      let text = String(decoding: try #require(report), as: UTF8.self)
      #expect(text.contains(#""errorType":"Function.ResponseIncomplete","stackTrace":[],"requestId":"id-1"}"#))
    }
  }

  @Test func anUpstreamThatCannotBeReachedIsAnAnswer() async throws {
    let closed = try ClosedPort()
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: "http://127.0.0.1:\(closed.port)")
    #expect(upload.prelude.hasPrefix(#"{"statusCode":502,"#))
    #expect(upload.prelude.contains("cause=connection_refused"))
    #expect(upload.isWhole && upload.trailers.isEmpty)
  }

  @Test func theDeadlineEndsWhatHasBegun() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
      _ = peer.readToEnd()
    }
    let upload = try await RuntimeModel.outcome(
      of: Events.functionURL(), time: 600, upstream: origin.url)
    #expect(upload.trailers["Lambda-Runtime-Function-Error-Type"] == "Function.InvocationDeadline")
    let silent = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    let answer = try await RuntimeModel.outcome(
      of: Events.functionURL(), time: 600, upstream: silent.url)
    #expect(answer.prelude.hasPrefix(#"{"statusCode":504,"#))
    #expect(answer.prelude.contains("cause=invocation_deadline"))
  }

  /// Some emulators name 1970, a moment weeks ahead, or nothing that is a number.
  @Test(arguments: ["600000", "9999999999999999", "-1", "soon", "9223372036854775807", "-9223372036854775808"])
  func aDeadlineThatCannotBeMeantIsNone(_ text: String) async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    let upload = try await RuntimeModel.outcome(
      of: Events.functionURL(), fields: "Lambda-Runtime-Deadline-Ms: \(text)\r\n", upstream: origin.url)
    #expect(upload.prelude.hasPrefix(#"{"statusCode":200,"#))
    #expect(upload.isWhole)
  }
}
