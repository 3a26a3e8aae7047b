import ArgumentParser
import Testing
import ToolSupport

@testable import Origin

struct CommandTests {
  @Test(arguments: [
    ("127.0.0.1:0", "127.0.0.1", 0, true), ("localhost:8081", "localhost", 8081, true), ("[::1]:1", "::1", 1, true),
    ("127.9.8.7:65535", "127.9.8.7", 65535, true), ("0.0.0.0:80", "0.0.0.0", 80, false),
    ("[::]:80", "::", 80, false), ("127.0.0.1.example.com:80", "127.0.0.1.example.com", 80, false),
    ("10.0.0.1:80", "10.0.0.1", 80, false),
  ])
  func listenAddresses(text: String, host: String, port: Int, isLoopback: Bool) throws {
    let address = try ListenAddress(parsing: text)
    #expect(address == ListenAddress(host: host, port: port))
    #expect(address.isLoopback == isLoopback)
    if isLoopback {
      try address.check(insecureOpen: false, because: "anyone may")
    } else {
      let failure = #expect(throws: ToolFailure.self) { try address.check(insecureOpen: false, because: "anyone may") }
      #expect(failure?.exit == .usage && failure?.message.contains("--insecure-open") == true)
      try address.check(insecureOpen: true, because: "anyone may")
    }
  }

  @Test(arguments: ["", "8081", "host:", "host:x", ":80", "host:65536", "host:-1"])
  func listenAddressesThatAreNone(text: String) {
    let failure = #expect(throws: ToolFailure.self) { try ListenAddress(parsing: text) }
    #expect(failure?.exit == .usage && failure?.message.contains("--listen \(text)") == true)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8081", "127.0.0.1", 8081), ("http://host", "host", 80), ("HTTP://[::1]:5/", "::1", 5),
    ("http://[::1]", "::1", 80),
  ])
  func upstreams(url: String, host: String, port: Int) throws {
    #expect(try UpstreamAddress(parsing: url) == UpstreamAddress(host: host, port: port))
  }

  @Test(arguments: [
    "https://a", "a:80", "http://", "http://a/b", "http://a:0", "http://a:x", "http://u@a", "http://a?b",
  ])
  func upstreamsThatAreNone(url: String) {
    let failure = #expect(throws: ToolFailure.self) { try UpstreamAddress(parsing: url) }
    #expect(failure?.exit == .usage && failure?.message.contains("--upstream \(url)") == true)
  }

  @Test func commandsAreParsed() throws {
    let serve = try #require(
      GzoriginCommand.parseAsRoot(["--listen", "[::1]:0", "--threads", "3", "--life-fd", "4"]) as? GzoriginCommand)
    #expect(try serve.options.resolve().address == ListenAddress(host: "::1", port: 0))
    #expect(try serve.options.resolve().threads == 3)
    #expect(serve.options.link.isChild)
    let naive = try #require(
      GzoriginCommand.parseAsRoot(["naive", "--upstream", "http://a", "--listen", "127.0.0.1:5"]) as? NaiveCommand)
    #expect(naive.upstream == "http://a")
    #expect(try naive.options.resolve().address.port == 5)
    #expect(throws: ToolFailure.self) {
      try (GzoriginCommand.parseAsRoot(["--threads", "0"]) as? GzoriginCommand)?.options.resolve()
    }
  }
}
