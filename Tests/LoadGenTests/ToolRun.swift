import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One finished run of a command: its exit code and what it wrote. At most 30 seconds.
struct ToolRun {
  let exit: Int
  let output: String
  let errors: String

  /// Runs a tool of this package as it was built.
  init(_ tool: String, _ arguments: [String]) throws {
    let own = try #require(OwnExecutable.path)
    let folder = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
    try self.init(executable: "\(folder)/\(tool)", arguments)
  }

  init(executable: String, _ arguments: [String]) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    // The shell only redirects: a child of ours has no other way to tell its output and its exit code.
    let script = "out=$1; shift; \"$@\" >$out/out 2>$out/err; echo $? >$out/exit"
    let child = try ChildProcess.start(
      executable: "/bin/sh", arguments: ["-c", script, "sh", folder.path, executable] + arguments, name: "sh")
    // A shell that is killed at the limit leaves no exit code behind, which fails below.
    child.end(within: .seconds(30))
    output = try folder.text("out")
    errors = try folder.text("err")
    exit = try #require(Int(folder.text("exit").dropLast()))
  }
}

/// A folder of its own in /tmp.
struct TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/gzload-tests-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = String(cString: made)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try BodyFile.read("\(path)/\(name)", option: "file"), as: UTF8.self)
  }

  func write(_ name: String, _ text: String) throws { try ReportFile(path: "\(path)/\(name)").save(text) }

  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func remove() {
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
