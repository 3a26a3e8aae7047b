import TestSupport
import Testing

@testable import ProxyCore

/// What is answered without the upstream, and what does not stream.
@Suite struct LambdaLocalTests {
  /// An upstream that must not be asked.
  static func untouched(_ body: (ScriptedOrigin) async throws -> Void) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note("asked")
      peer.close()
    }
    try await body(origin)
    #expect(origin.requests.isEmpty)
  }

  @Test func helloComesCharacterByCharacter() async throws {
    try await Self.untouched { origin in
      let upload = try await RuntimeModel.outcome(
        of: Events.functionURL("GET", "/.gzproxy/hello"), upstream: origin.url)
      #expect(String(decoding: upload.body, as: UTF8.self) == "[id-1] This is streaming from gzproxy!")
      #expect(upload.chunks.dropFirst(2).allSatisfy { $0.count == 1 })
      #expect(upload.isWhole)
    }
  }

  @Test func reservedPathsAreNotForwarded() async throws {
    try await Self.untouched { origin in
      let health = try await RuntimeModel.outcome(
        of: Events.functionURL("GET", "/.gzproxy/healthz"), upstream: origin.url)
      #expect(health.prelude.hasPrefix(#"{"statusCode":200,"#))
      #expect(String(decoding: health.body, as: UTF8.self) == "ok\n")
      let stats = try await RuntimeModel.outcome(of: Events.functionURL("GET", "/.gzproxy/stats"), upstream: origin.url)
      #expect(stats.prelude.hasPrefix(#"{"statusCode":404,"#))
      let told = try await RuntimeModel.outcome(of: Events.functionURL("GET", "/.gzproxy/stats"), upstream: origin.url)
      {
        configuration, _ in configuration.telemetry = true
      }
      #expect(told.prelude.contains("x-gzproxy-instance"))
      #expect(String(decoding: told.body, as: UTF8.self).contains(#""active_streams":"#))
    }
  }

  @Test func healthChecksWarmUpsAndForeignEventsAreAnswered() async throws {
    try await Self.untouched { origin in
      let check = Events.balancer(agent: "ELB-HealthChecker/2.0")
      let health = try await RuntimeModel.outcome(of: check, upstream: origin.url)
      #expect(health.text.hasPrefix(#"{"statusCode":200,"statusDescription":"200 OK","headers":{"#))
      let warm = try await RuntimeModel.outcome(of: "{}", upstream: origin.url)
      #expect(warm.action == "response" && warm.text.hasPrefix(#"{"status":"warm""#))
      let foreign = try await RuntimeModel.outcome(of: #"{"Records":[]}"#, upstream: origin.url)
      #expect(foreign.action == "error")
      #expect(foreign.head.contains("lambda-runtime-function-error-type: Function.NotAnHTTPEvent\r\n"))
      #expect(foreign.text.contains(#""errorType":"Function.NotAnHTTPEvent","stackTrace":[]"#))
      let broken = try await RuntimeModel.outcome(of: #"{"version":"#, upstream: origin.url)
      #expect(broken.action == "error")
      #expect(broken.text.contains(#""errorType":"Function.MalformedEvent""#))
    }
  }

  @Test func aRequestThatCannotBeSentIsRefused() async throws {
    try await Self.untouched { origin in
      let event = Events.functionURL(headers: #""x-a":"1\r\nx-b: 2""#)
      let upload = try await RuntimeModel.outcome(of: event, upstream: origin.url)
      #expect(upload.prelude.hasPrefix(#"{"statusCode":400,"#))
      #expect(upload.prelude.contains("cause=malformed_request"))
      #expect(upload.prelude.contains(#""x-request-id":"id-1""#))
    }
  }

  // MARK: Buffered

  @Test func bufferedResponsesAreOneDocument() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello")
    for (event, mode) in [
      (Events.functionURL(), LambdaSettings.Mode.buffered), (Events.balancer(), .stream),
      (Events.functionURL(domain: "x.execute-api.eu-west-1.amazonaws.com"), .stream),
    ] {
      let upload = try await RuntimeModel.outcome(of: event, upstream: origin.url) { $1.mode = mode }
      let head = upload.head.lowercased()
      #expect(head.contains("\r\ncontent-type: application/json\r\n"))
      #expect(head.contains("\r\ntransfer-encoding: chunked\r\n"))
      #expect(!head.contains("response-mode"))
      #expect(upload.text.hasPrefix(#"{"statusCode":200,"#))
      #expect(upload.text.hasSuffix(#""isBase64Encoded":true,"body":"aGVsbG8="}"#))
      #expect(!upload.text.lowercased().contains(#""content-length""#))
    }
  }

  /// Nothing has been said while it is held, so what Mangum and others get wrong can still be told.
  @Test func aBufferedBodyThatWasCutIsAnError() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
      peer.finish()
    }
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url) { $1.mode = .buffered }
    #expect(upload.text.hasPrefix(#"{"statusCode":502,"#))
    #expect(upload.text.contains("cause=response_incomplete"))
  }

  @Test(arguments: [true, false]) func aBufferedBodyBeyondTheCeilingIsToldByUs(_ isKnown: Bool) async throws {
    let piece = [UInt8](repeating: 7, count: 1 << 20)
    let origin = try ScriptedOrigin { peer, _ in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\n\(isKnown ? "Content-Length: 5242880\r\n" : "")Content-Encoding: gzip\r\n\r\n")
      for _ in 0..<5 where !peer.write(piece) { return }
    }
    let upload = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url) { $1.mode = .buffered }
    #expect(upload.text.hasPrefix(#"{"statusCode":502,"#))
    #expect(upload.text.contains("cause=response_too_large"))
    #expect(upload.text.contains("6291556"))
    let redirected = try await RuntimeModel.outcome(of: Events.functionURL(), upstream: origin.url) {
      $1.mode = .buffered
      $1.redirectsOversize = true
    }
    #expect(redirected.text.hasPrefix(#"{"statusCode":307,"#))
    let balancer = try await RuntimeModel.outcome(of: Events.balancer(), upstream: origin.url)
    #expect(balancer.text.contains("cause=response_too_large"))
    #expect(balancer.text.contains("1048576"))
  }
}
