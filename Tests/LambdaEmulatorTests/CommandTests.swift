import ArgumentParser
import Testing
import ToolSupport

@testable import LambdaEmulator

@Suite struct CommandTests {
  private func configuration(_ words: String...) throws -> EmulatorConfiguration {
    let command = try #require(try GzlambdaCommand.parseAsRoot(words) as? GzlambdaCommand)
    return try command.options.makeConfiguration(command: command.command)
  }

  @Test func defaults() throws {
    let made = try configuration("--", "/bin/sh", "-c", "--front")
    #expect(made.command == ["/bin/sh", "-c", "--front"])
    #expect(made.listen == ListenAddress(host: "127.0.0.1", port: 9000))
    #expect(made.runtimeAPI == ListenAddress(host: "127.0.0.1", port: 0))
    #expect(made.front == .functionURL && made.invokeMode == .stream && made.instances == .classic)
    #expect(made.concurrency == 10 && made.memoryBytes == 2048 << 20 && made.timeout == .seconds(900))
    #expect(made.bandwidth == .aws && made.trailerEffect == .clean && made.initLimit == .seconds(10))
  }

  @Test func whatDependsOnTheRest() throws {
    #expect(try configuration("--instances", "managed", "--", "sh").concurrency == 64)
    #expect(try configuration("--instances", "managed", "--", "sh").initLimit == .seconds(900))
    #expect(try configuration("--instances", "managed", "--timeout", "3", "--", "sh").initLimit == .seconds(130))
    #expect(try configuration("--attach").concurrency == 1)
    #expect(try configuration("--attach").isAttached)
    #expect(try configuration("--front", "alb", "--", "sh").invokeMode == .buffered)
    #expect(try configuration("--", "sh").command[0].hasSuffix("/sh"))
  }

  @Test(arguments: [("128", 128 << 20), ("2GiB", 2048 << 20), ("512MiB", 512 << 20)] as [(String, Int64)])
  func memory(_ text: String, _ bytes: Int64) { #expect(MemorySize(argument: text).bytes == bytes) }

  @Test(arguments: ["", "127", "32769", "x", "99999999999999999999", "1KiB", "-5"]) func noMemory(_ text: String) {
    #expect(MemorySize(argument: text).bytes == nil)
    let failure = #expect(throws: ToolFailure.self) { try MemorySize(argument: text).checked() }
    #expect(failure?.message.hasPrefix("--memory \(text): must be from 128 to 32768 MB") == true)
  }

  @Test(arguments: [("30", 30_000), ("30s", 30_000), ("500ms", 500), ("15m", 900_000)] as [(String, Int64)])
  func timeouts(_ text: String, _ milliseconds: Int64) {
    #expect(FunctionTimeout(argument: text).duration?.milliseconds == milliseconds)
  }

  @Test(arguments: ["", "0", "901", "x", "-1", "1h"]) func noTimeout(_ text: String) {
    #expect(FunctionTimeout(argument: text).duration == nil)
    let failure = #expect(throws: ToolFailure.self) { try FunctionTimeout(argument: text).checked() }
    #expect(failure?.message.hasPrefix("--timeout \(text): must be from 1ms to 900 seconds") == true)
  }
}
