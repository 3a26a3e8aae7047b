import ArgumentParser
import Testing
import ToolSupport

@testable import ProxyCore

/// The options of `serve` and `check`: their defaults, their ranges, and what they are turned into.
@Suite struct OptionTests {
  private func make(_ arguments: [String]) throws -> ProxyConfiguration {
    try ServeCommand.parse(["--upstream", "http://127.0.0.1:9"] + arguments).options.makeConfiguration()
  }

  @Test func defaultsOfTheCommandLineAreThoseOfTheConfiguration() throws {
    let made = try make([])
    #expect("\(made.limits)" == "\(ProxyLimits())")
    var plain = ProxyConfiguration(listen: made.listen, upstream: made.upstream, threads: made.threads)
    plain.accessLog.level = .failed
    #expect("\(made)" == "\(plain)")
  }

  @Test func everyOptionArrives() throws {
    let all = try make([
      "--host-header", "preserve", "--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "::1", "--request-id", "make",
      "--server-timing", "--error-details", "--access-log", "all", "--access-log-file", "-", "--min-client-rate",
      "1KiB",
      "--max-request-body", "1GiB", "--max-connections-per-client", "7", "--upstream-min-rate", "2KiB", "--hold-head",
      "50ms", "--upstream-max-requests", "8", "--upstream-max-age", "9s", "--replay-buffer", "0", "--threads", "2",
      "--max-request-line", "100", "--max-header-bytes", "300", "--max-header-count", "3", "--client-head-timeout",
      "1s",
      "--client-idle-timeout", "2s", "--client-body-timeout", "3s", "--client-write-timeout", "4s", "--drain-limit",
      "5s",
      "--drain-delay", "6s",
      "--upstream-connect-timeout", "6s", "--upstream-head-timeout", "7s", "--upstream-body-timeout", "8s",
      "--upstream-write-timeout", "9s", "--upstream-idle-timeout", "10s", "--max-upstream-connections", "11",
    ])
    #expect(all.hostPolicy == .preserve && !all.acceptsRequestID && all.serverTiming && all.errorDetails)
    #expect(all.trustedProxies == [try AddressRange("10.0.0.0/8"), try AddressRange("::1")])
    #expect(all.accessLog == AccessLogSettings(level: .all, destination: .standardOutput))
    let limits = all.limits
    #expect(limits.clientRate == 1024 && limits.requestBody == 1 << 30 && limits.connectionsPerClient == 7)
    #expect(limits.upstreamRate == 2048 && limits.holdHead == .milliseconds(50) && limits.upstreamRequests == 8)
    #expect(limits.upstreamAge == .seconds(9) && limits.replayBuffer == 0 && all.threads == 2)
    #expect(limits.requestLine == 100 && limits.headerBytes == 300 && limits.headerCount == 3)
    #expect(limits.clientHead == .seconds(1) && limits.clientIdle == .seconds(2) && limits.clientBody == .seconds(3))
    #expect(
      limits.clientWrite == .seconds(4) && limits.drain == .seconds(5) && limits.drainDelay == .seconds(6)
        && limits.upstreamConnect == .seconds(6))
    #expect(limits.upstreamHead == .seconds(7) && limits.upstreamBody == .seconds(8))
    #expect(limits.upstreamWrite == .seconds(9) && limits.upstreamIdle == .seconds(10))
    #expect(limits.upstreamConnections == 11)
    #expect(try make(["--access-log-file", "/x"]).accessLog.destination == .file("/x"))
  }

  @Test(arguments: [
    ["--threads", "0"], ["--threads", "1025"], ["--max-request-line", "63"], ["--max-request-line", "2MiB"],
    ["--max-header-bytes", "255"], ["--max-header-count", "0"], ["--max-header-count", "10001"],
    ["--max-connections-per-client", "1000001"], ["--min-client-rate", "2GiB"], ["--upstream-min-rate", "2GiB"],
    ["--hold-head", "61s"], ["--hold-head", "1us"], ["--upstream-max-requests", "1000000001"],
    ["--upstream-max-age", "9000h"], ["--replay-buffer", "1025KiB"], ["--client-head-timeout", "10us"],
    ["--max-upstream-connections", "0"], ["--trusted-proxy", "10.0.0.0/33"], ["--trusted-proxy", "x"],
    ["--access-log-file", ""], ["--upstream-rcvbuf", "1KiB"], ["--client-sndbuf", "2GiB"],
    ["--upstream", "http://u:p@h"],
    ["--listen", "127.1:0"], ["--admin-listen", "0.0.0.0:1"],
  ])
  func refusesWhatIsOutOfRange(_ arguments: [String]) throws {
    let failure = #expect(throws: ToolFailure.self) { try make(arguments) }
    #expect(failure?.exit == .usage && failure?.option == arguments[0])
    #expect(failure?.message.hasPrefix(arguments[0] + " ") == true)
  }

  @Test func negativeNumbersAreRefusedByTheParser() {
    for option in ["--max-connections-per-client", "--upstream-max-requests", "--max-header-count"] {
      #expect(throws: (any Error).self) { try make(["\(option)=-1"]) }
    }
  }

  /// The table of the mechanism is ArgumentParser's own; this holds it against the help that a person reads.
  @Test func everyOptionOfTheHelpIsASettingOfServeAndOfCheck() throws {
    let catalog = try OptionCatalog(GzproxyCommand.self)
    let text = GzproxyCommand.helpMessage(for: ServeCommand.self, columns: 80)
    let options = text.split(separator: "\n").filter { $0.hasPrefix("  --") }
    let shown = options.map { String($0.dropFirst(4).prefix { $0.isLetter || $0 == "-" }) }.filter { $0 != "version" }
    #expect(shown.count > 30)
    for name in ["serve", "check"] {
      let command = try #require(catalog.root.subcommands.first { $0.name == name })
      #expect(command.options.map(\.key) == shown)
    }
  }

  @Test func everyDefaultStandsInTheHelp() throws {
    let catalog = try OptionCatalog(GzproxyCommand.self)
    let serve = try #require(catalog.root.subcommands.first { $0.name == "serve" })
    let without = serve.options.filter { $0.takesValue && $0.defaultValue == nil }.map(\.key)
    #expect(without == ["config", "upstream", "cacert", "admin-listen", "trusted-proxy"])
    let help = GzproxyCommand.helpMessage(for: ServeCommand.self, columns: 80)
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
