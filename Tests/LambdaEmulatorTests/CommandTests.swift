import ArgumentParser
import Testing

@testable import LambdaEmulator

@Suite struct CommandTests {
  @Test func theCommandHasItsName() {
    #expect(GzlambdaCommand.configuration.commandName == "gzlambda")
  }
}
