import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct OwnExecutableTests {
  @Test func isAnAbsolutePathThatStarts() throws {
    #expect(try #require(OwnExecutable.path).hasPrefix("/"))
    let startable = try #require(OwnExecutable.startable)
    #expect(access(startable, X_OK) == 0)
    #expect(startable == OwnExecutable.path)
  }
}
