import TestSupport
import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built `gzlambda` as a process, its output in files.
final class BuiltTool {
  let child: ChildProcess
  private let folder: String
  /// Where the tool says that it listens.
  private let ready: Int32

  /// Runs a command of the shell in which `$tool` is gzlambda, and `$ready` the option for it that `ports` needs.
  init(_ script: String) throws {
    let own = try #require(OwnExecutable.path)
    var template = Array("/tmp/gzlambda-tests-XXXXXX".utf8CString)
    folder = String(cString: try #require(mkdtemp(&template)))
    let tool = own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/gzlambda"
    let whole = "tool='\(tool)'; ready='--ready-fd 3'; cd '\(folder)'; exec >out 2>err; \(script)"
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[1]) }
    ready = ends[0]
    child = try ChildProcess.start(
      executable: "/bin/sh", arguments: ["-c", whole], name: "sh", thirdDescriptor: ends[1])
  }

  deinit { close(ready) }

  /// Waits for the end, at most 30 s.
  static func run(_ arguments: String) throws -> (exit: Int, output: String, errors: String) {
    let tool = try BuiltTool(": >not-executable; \"$tool\" \(arguments); echo $? >exit")
    defer { tool.remove() }
    tool.child.end(within: .seconds(30))
    return (try #require(Int(tool.text("exit").dropLast())), tool.text("out"), tool.text("err"))
  }

  var output: String { text("out") }
  var errors: String { text("err") }

  /// The front's port and the Runtime API's, once both are told.
  func ports() throws -> (front: Int, api: Int) {
    // It says so behind its lines; nothing, when it ends.
    var poller = pollfd(fd: ready, events: Int16(POLLIN), revents: 0)
    guard poll(&poller, 1, 20_000) == 1 else { throw Missing(what: "the ports in time: \(errors)") }
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count > 2 else { throw Missing(what: "the ports: \(output) \(errors)") }
    let front = try #require(Int(lines[0].split(separator: ":").last ?? ""))
    #expect(lines[0] == "listening on http://127.0.0.1:\(front)")
    let api = try #require(Int(lines[1].split(separator: ":").last ?? ""))
    #expect(lines[1] == "runtime api on 127.0.0.1:\(api)")
    return (front, api)
  }

  func text(_ name: String) -> String {
    guard let file = fopen("\(folder)/\(name)", "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  func remove() {
    for name in ["out", "err", "exit", "body", "config.yaml", "not-executable"] { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
