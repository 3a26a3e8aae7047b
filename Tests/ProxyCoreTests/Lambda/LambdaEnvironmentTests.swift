import Testing
import ToolSupport

@testable import ProxyCore

@Suite struct LambdaEnvironmentTests {
  static func settings(_ variables: [String: String]) throws -> LambdaSettings {
    try LambdaEnvironment { variables[$0] }.settings()
  }

  @Test(
    arguments: [
      (nil, 1, false), ("1", 1, false), ("64", 64, true), ("2", 2, true), ("0", 1, false), ("-3", 1, false),
      (" 8", 1, false), ("abc", 1, false), ("64.0", 1, false), ("99999999999999999999", 1, false), ("2000", 1000, true),
    ] as [(String?, Int, Bool)])
  func workersAreThePlatformsNumberOrOne(_ text: String?, _ count: Int, _ isManaged: Bool) throws {
    var variables = ["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"]
    variables["AWS_LAMBDA_MAX_CONCURRENCY"] = text
    let settings = try Self.settings(variables)
    #expect(settings.concurrency == count)
    #expect(settings.isManaged == isManaged)
  }

  @Test func managedInstancesMayServeOneAtATime() throws {
    let settings = try Self.settings([
      "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances",
    ])
    #expect(settings.isManaged && settings.concurrency == 1)
  }

  @Test func withoutARuntimeAPIItIsNoFunction() {
    #expect(throws: ToolFailure.self) { _ = try Self.settings([:]) }
    #expect(throws: ToolFailure.self) { _ = try Self.settings(["AWS_LAMBDA_RUNTIME_API": "https://127.0.0.1"]) }
  }

  @Test(
    arguments: [
      ([], ["lambda"]), (["--via", "off"], ["lambda", "--via", "off"]), (["serve"], ["serve"]),
      (["serve", "--listen", "127.0.0.1:0"], ["serve", "--listen", "127.0.0.1:0"]), (["check"], ["check"]),
      (["lambda"], ["lambda"]), (["--help"], ["--help"]), (["--version"], ["--version"]), (["help"], ["help"]),
      (["function.handler"], ["lambda"]),
    ] as [([String], [String])])
  func aBootstrapIsTheRuntime(_ words: [String], _ meant: [String]) {
    #expect(LambdaCommand.arguments(words, isLambda: true) == meant)
    #expect(LambdaCommand.arguments(words, isLambda: false) == words)
  }

  @Test(
    arguments: [
      (["AWS_LWA_PORT": "9090", "PORT": "7070"], ["serve"], ["serve", "--listen", "127.0.0.1:9090"]),
      (["PORT": "7070"], ["serve", "--via", "off"], ["serve", "--via", "off", "--listen", "127.0.0.1:7070"]),
      ([:], ["serve"], ["serve"]), (["PORT": "7070", "GZPROXY_LISTEN": "127.0.0.1:1"], ["serve"], ["serve"]),
      (["PORT": "7070"], ["serve", "--listen", "127.0.0.1:2"], ["serve", "--listen", "127.0.0.1:2"]),
    ] as [([String: String], [String], [String])])
  func behindTheAdapterThePortIsItsOwn(_ variables: [String: String], _ words: [String], _ meant: [String]) {
    let inLambda = variables.merging(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001"]) { $1 }
    #expect(LambdaCommand.serveArguments(words, LambdaEnvironment { inLambda[$0] }) == meant)
    // Elsewhere PORT is anybody's.
    #expect(LambdaCommand.serveArguments(words, LambdaEnvironment { variables[$0] }) == words)
  }

  @Test(arguments: [
    ("http://127.0.0.1:9001", true), ("http://localhost:9001", true), ("http://LOCALHOST:9001", true),
    ("http://[::ffff:127.0.0.1]:9001", true), ("http://127.8.9.1:9001", true), ("http://0.0.0.0:9001", true),
    ("http://[::1]:9001", true), ("http://127.0.0.1:9002", false), ("http://192.0.2.1:9001", false),
  ])
  func theRuntimeAPIIsNoUpstream(_ url: String, _ isIt: Bool) throws {
    let upstream = try UpstreamTarget(url: url)
    #expect(
      try RuntimeAddress("127.0.0.1:9001").isNamed(by: upstream) == isIt || upstream.host.lowercased() == "localhost")
    #expect(try RuntimeAddress("localhost:9001").isNamed(by: upstream) == isIt)
  }

  /// Responses name the environment as its log stream does; what a header cannot carry is left to a name of our own.
  @Test(arguments: [
    ("2026/11/23/[$LATEST]0123456789abcdef", "0123456789abcdef" as String?), ("gzlambda/[7]env-2", "env-2"),
    ("plain", "plain"), ("", nil), ("a/[1]", nil), ("a/b c", nil), ("x/\u{e9}", nil),
    (String(repeating: "a", count: 65), nil),
  ])
  func theInstanceIsTheLogStreams(_ stream: String, _ instance: String?) throws {
    let settings = try Self.settings(["AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_LAMBDA_LOG_STREAM_NAME": stream])
    #expect(settings.instance == instance)
  }
}
