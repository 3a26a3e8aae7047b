import Testing
import ToolSupport

@testable import LoadGen

/// The way to the target.
@Suite struct NetworkTests {
  private static func run(_ arguments: [String]) throws -> RunResult {
    try RequestOptionTests.run(["-n", "2"] + arguments)
  }

  private func server(
    _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
      [.send(EngineHarness.hello)]
    }
  ) throws -> ScriptedServer { try ScriptedServer(script) }

  @Test(arguments: ["", "http://"]) func aProxySeesTheWholeURL(_ scheme: String) throws {
    let proxy = try server()
    defer { proxy.stop() }
    let result = try Self.run(["-x", "\(scheme)me:secret@127.0.0.1:\(proxy.port)", "http://target.example:8080/a?b"])
    #expect(result.counters.ok == 2)
    #expect(proxy.requests.map(\.path) == ["http://target.example:8080/a?b", "http://target.example:8080/a?b"])
    #expect(proxy.requests.first?.values("proxy-authorization") == ["Basic bWU6c2VjcmV0"])
    #expect(proxy.requests.first?.values("host") == ["target.example:8080"])
  }

  /// The answer to CONNECT is neither the stream's head nor its status.
  @Test func aProxyThatRefusesTheTunnel() throws {
    let proxy = try server { _ in [.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"), .close] }
    defer { proxy.stop() }
    let result = try Self.run(["-x", "127.0.0.1:\(proxy.port)", "https://target.example/"])
    #expect(proxy.requests.first?.method == "CONNECT" && proxy.requests.first?.path == "target.example:443")
    #expect(result.counters.transport[.connectFailed] == 2)
    #expect(result.counters.status == [0: 2])
  }

  /// No TLS was ever begun.
  @Test func aProxyThatDoesNotAnswerConnect() throws {
    let proxy = try server { _ in [.hang] }
    defer { proxy.stop() }
    let result = try Self.run(
      ["-x", "127.0.0.1:\(proxy.port)", "--connect-timeout", "200ms", "https://target.example/"])
    #expect(result.counters.transport[.connectFailed] == 2, "\(result.counters.transport)")
    #expect(result.evidence.first?.advice.contains("did not answer CONNECT") == true, "\(result.evidence)")
  }

  @Test func aTunnelCarriesTLS() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let tls = try SelfSigned(in: folder)
    let target = try NginxServer(folder: folder.path, listen: "ssl", server: tls.directives, location: "return 200 ok;")
    defer { target.stop() }
    let proxy = try TunnelProxy()
    defer { proxy.stop() }
    let result = try Self.run(["-x", "http://127.0.0.1:\(proxy.port)", "--cacert", tls.certificate, target.url()])
    #expect(result.counters.ok == 2 && result.counters.status == [200: 2])
    #expect(proxy.tunnels == 1)
  }

  @Test func connectToAndResolveLeadElsewhere() throws {
    let server = try server()
    defer { server.stop() }
    let (port, host) = (server.port, "there.example")
    for arguments in [
      ["--connect-to", "\(host):80:127.0.0.1:\(port)", "http://\(host)/a"],
      ["--connect-to", "::127.0.0.1:\(port)", "http://\(host)/a"],
      ["--resolve", "\(host):\(port):127.0.0.1", "http://\(host):\(port)/a"],
      ["--resolve", "+\(host):\(port):[127.0.0.1],127.0.0.1", "http://\(host):\(port)/a"],
    ] {
      let result = try Self.run(arguments)
      #expect(result.counters.ok == 2, "\(arguments)")
    }
    #expect(server.requests.count == 8)
    #expect(Set(server.requests.flatMap { $0.values("host") }) == [host, "\(host):\(port)"])
  }

  @Test func aUnixSocket() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let nginx = try NginxServer(
      folder: folder.path, server: "listen unix:\(folder.path)/s;", location: "return 200 $http_host$request_uri;")
    defer { nginx.stop() }
    let result = try Self.run(["--unix-socket", "\(folder.path)/s", "http://any.example/x"])
    #expect(result.counters.ok == 2)
    #expect(result.counters.bytesWire == 2 * Int64("any.example/x".utf8.count))
  }

  @Test func addressesOfOneFamily() throws {
    let server = try server()
    defer { server.stop() }
    let url = "http://localhost:\(server.port)/"
    #expect(try Self.run(["-4", url]).counters.ok == 2)
    #expect(try Self.run(["-6", url]).counters.ok == 0)
    #expect(server.requests.count == 2)
  }
}
