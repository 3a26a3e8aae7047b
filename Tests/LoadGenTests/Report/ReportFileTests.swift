import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ReportFileTests {
  @Test func writesAndReplacesAndLeavesNothingElse() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = ReportFile(path: "\(folder.path)/r.json")
    try file.check()
    try file.save("first, and longer")
    try file.check()
    try file.save("second")
    #expect(try folder.text("r.json") == "second")
    #expect(folder.names == ["r.json"])
  }

  @Test func aLinkStaysALink() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("real", "old")
    symlink("real", "\(folder.path)/link")
    try ReportFile(path: "\(folder.path)/link").save("new")
    #expect(try folder.text("real") == "new")
    #expect(folder.names == ["link", "real"])
    var target = [CChar](repeating: 0, count: 16)
    #expect(readlink("\(folder.path)/link", &target, 16) == 4)
  }

  @Test func aDeviceIsWrittenInPlace() throws {
    let file = ReportFile(path: "/dev/null")
    try file.check()
    try file.save("gone")
    var facts = stat()
    #expect(stat("/dev/null", &facts) == 0 && facts.st_mode & S_IFMT == S_IFCHR)
  }

  #if os(Linux)
    @Test func aFullDiskIsOneLine() {
      let failure = #expect(throws: ToolFailure.self) { try ReportFile(path: "/dev/full").save("report") }
      #expect(failure?.message == "-o /dev/full: the report was not written: No space left on device")
      #expect(failure?.exit == .couldNotRun)
    }
  #endif

  @Test(arguments: [
    ("", "-o '': no file name"), ("/tmp", "-o /tmp: is a directory; name a file in it"),
    ("/nowhere/r", "-o /nowhere/r: cannot be written: No such file or directory"),
  ])
  func refusedBeforeTheRun(path: String, line: String) {
    let failure = #expect(throws: ToolFailure.self) { try ReportFile(path: path).check() }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }
}
