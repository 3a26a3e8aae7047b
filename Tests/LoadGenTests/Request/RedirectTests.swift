import Testing
import ToolSupport

@testable import LoadGen

@Suite struct RedirectTests {
  private static func redirect(_ to: String, status: Int = 302) -> [ScriptedServer.Step] {
    [.send("HTTP/1.1 \(status) Away\r\nLocation: \(to)\r\nSet-Cookie: a=b\r\nContent-Length: 4\r\n\r\naway")]
  }

  private func run(
    _ arguments: [String], _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step]
  ) throws -> (RunResult, [ScriptedServer.Request]) {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    return (try RequestOptionTests.run(arguments + [server.url("/start")]), server.requests)
  }

  @Test func theLastAnswerIsTheStreams() throws {
    let (result, requests) = try run(["-L", "-n", "2"]) { request in
      request.path == "/start" ? Self.redirect("/end") : [.send(EngineHarness.hello)]
    }
    #expect(requests.map(\.path) == ["/start", "/end", "/start", "/end"])
    #expect(result.counters.status == [200: 2] && result.counters.ok == 2)
    #expect(result.counters.bytesWire == 10)
    #expect(result.counters.repeatedRequests == 0)
    #expect(requests.allSatisfy { $0.values("cookie").isEmpty })
  }

  @Test func aPostBecomesAGetWhereItShould() throws {
    let (_, requests) = try run(["-L", "-n", "1", "-d", "x"]) { request in
      request.path == "/start" ? Self.redirect("/end", status: 303) : [.send(EngineHarness.hello)]
    }
    #expect(requests.map(\.method) == ["POST", "GET"] && requests.last?.body == [])
    let (_, kept) = try run(["-L", "-n", "1", "-d", "x"]) { request in
      request.path == "/start" ? Self.redirect("/end", status: 307) : [.send(EngineHarness.hello)]
    }
    #expect(kept.map(\.method) == ["POST", "POST"] && kept.last?.body == Array("x".utf8))
  }

  /// The redirect came whole: it is what is known of the stream.
  @Test(arguments: ["ftp://127.0.0.1/", "http://a b/"]) func whereNobodyGoes(_ location: String) throws {
    let (result, requests) = try run(["-L", "-n", "1"]) { _ in Self.redirect(location) }
    #expect(requests.count == 1)
    #expect(result.counters.status == [302: 1] && result.counters.transport[.protocolError] == 1)
    #expect(result.evidence.first?.status == 302)
    #expect(
      result.evidence.first?.advice.contains("it redirects to a URL that is not gone to") == true, "\(result.evidence)")
  }

  @Test func aLoopEndsAfterTen() throws {
    let (result, requests) = try run(["-L", "-n", "1"]) { _ in Self.redirect("/start") }
    #expect(requests.count == 11)
    #expect(result.counters.failed == 1 && result.counters.transport[.protocolError] == 1)
    #expect(result.evidence.first?.status == 302)
    #expect(result.evidence.first?.advice.contains("Maximum (10) redirects followed") == true)
  }

  @Test func credentialsStayWithTheirHost() throws {
    let other = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { other.stop() }
    let elsewhere = "http://localhost:\(other.port)/end"
    for arguments in [["-u", "me:secret"], ["-H", "Authorization: Bearer t", "-H", "Cookie: c=d"]] {
      let (result, requests) = try run(arguments + ["-L", "-n", "1", "-4"]) { _ in Self.redirect(elsewhere) }
      #expect(result.counters.ok == 1)
      #expect(requests.first?.values("authorization").count == 1)
    }
    #expect(other.requests.count == 2)
    #expect(other.requests.allSatisfy { $0.values("authorization").isEmpty && $0.values("cookie").isEmpty })
  }

  @Test func otherSchemesAreNotFollowed() throws {
    let (result, _) = try run(["-L", "-n", "1"]) { _ in Self.redirect("ftp://127.0.0.1/") }
    #expect(result.counters.failed == 1)
  }
}
