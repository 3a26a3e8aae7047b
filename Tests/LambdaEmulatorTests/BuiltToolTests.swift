import TestSupport
import Testing
import ToolSupport

@testable import LambdaEmulator

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The built tool with real curl, real signals and a runtime of bash and curl.
@Suite struct BuiltToolTests {
  private static let runtime = "-- /bin/bash '\(ProcessTests.bootstrap)'"

  /// `exec`, so that the child's pid is gzlambda's own.
  private static func start(_ options: String = "") throws -> BuiltTool {
    try BuiltTool("exec \"$tool\" $ready --listen 127.0.0.1:0 \(options) \(runtime)")
  }

  private static func curl(_ arguments: String) throws -> String {
    let tool = try BuiltTool("curl -sS --max-time 20 \(arguments)")
    defer { tool.remove() }
    tool.child.end(within: .seconds(25))
    return tool.output
  }

  @Test func curlGetsAGzipStream() throws {
    let tool = try Self.start()
    defer { tool.remove() }
    let url = "http://127.0.0.1:\(try tool.ports().front)"
    #expect(try Self.curl("\(url)/gzip | gzip -dc | tail -n 1") == "200000\n")
    #expect(try Self.curl("-o /dev/null -w '%{http_code} %{content_type}' \(url)/x") == "200 text/plain")
    #expect(try Self.curl("-I \(url)/x").hasPrefix("HTTP/1.1 200 OK\r\n"))
    #expect(try Self.curl("-o /dev/null -w '%{http_code}' \(url)/error") == "502")
    tool.child.end(within: .zero)
  }

  @Test func termDrains() throws {
    let tool = try Self.start()
    defer { tool.remove() }
    let port = try tool.ports().front
    let pid = try #require(Int32(Self.curl("http://127.0.0.1:\(port)/pid").dropLast()))
    #expect(ProcessTests.isAlive(pid))
    kill(tool.child.pid, SIGTERM)
    tool.child.end(within: .seconds(10))
    #expect(!ProcessTests.isAlive(pid))
    #expect(tool.errors.contains("REPORT RequestId: "))
    #expect(throws: RawClient.Failure.self) { try RawClient(port: port) }
  }

  @Test func termLetsAStreamEnd() throws {
    let tool = try BuiltTool("exec \"$tool\" $ready --listen 127.0.0.1:0 --attach")
    defer { tool.remove() }
    let (front, api) = try tool.ports()
    let client = try RawClient(port: front)
    try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    let runtime = try RuntimeClient(port: api)
    let call = try runtime.next()
    try runtime.beginStream(call)
    _ = client.read(through: "\r\n\r\n")
    kill(tool.child.pid, SIGTERM)
    // Nobody else gets in, the stream goes on.
    try eventually("no listener") { (try? RawClient(port: front)) == nil }
    try runtime.chunk("rest")
    try runtime.endStream()
    let (bytes, end) = client.readToEnd()
    #expect(String(decoding: bytes, as: UTF8.self) == "4\r\nrest\r\n0\r\n\r\n")
    #expect(end == .fin)
    #expect(try runtime.client.response().status == 202)
    try runtime.askNext()
    #expect(runtime.client.readToEnd().end != .open)
    tool.child.end(within: .seconds(10))
  }

  @Test func aSecondSignalEndsAtOnce() throws {
    let tool = try Self.start()
    defer { tool.remove() }
    let client = try RawClient(port: try tool.ports().front)
    try client.send("GET /sleep HTTP/1.1\r\nHost: a\r\n\r\n")
    try eventually("an invocation") { tool.errors.contains("START RequestId") }
    kill(tool.child.pid, SIGTERM)
    let port = try tool.ports().front
    try eventually("no listener") { (try? RawClient(port: port)) == nil }
    #expect(tool.child.isRunning)
    kill(tool.child.pid, SIGTERM)
    #expect(client.readToEnd(seconds: 10).end != .open)
    tool.child.end(within: .seconds(5))
  }

  /// Even SIGKILL leaves no runtime behind.
  @Test func killedItselfItTakesTheRuntimeAlong() throws {
    let tool = try Self.start()
    defer { tool.remove() }
    let pids = try Self.curl("http://127.0.0.1:\(try tool.ports().front)/child").split(whereSeparator: \.isWhitespace)
      .compactMap { Int32($0) }
    #expect(pids.count == 2 && pids.allSatisfy(ProcessTests.isAlive))
    kill(tool.child.pid, SIGKILL)
    tool.child.end(within: .seconds(5))
    for pid in pids {
      try eventually("the end of \(pid)") { !ProcessTests.isAlive(pid) }
    }
  }

  @Test(arguments: [
    ("--listen 127.0.0.1:0", 2, "no runtime to start: name it behind --"),
    ("--front nginx -- true", 2, "--front"), ("--instances many -- true", 2, "--instances"),
    ("-- ./nothing-here", 2, "./nothing-here: No such file or directory"),
    ("-- no-such-command-anywhere", 2, "no-such-command-anywhere: no such command in PATH"),
    ("-- ./not-executable", 2, "./not-executable: is not executable; chmod +x ./not-executable"),
    ("-- /tmp", 2, "/tmp: is no file that can be started"),
    ("--attach -- true", 2, "--attach and a command to start (true) exclude each other"),
    ("--front alb --invoke-mode stream -- true", 2, "--invoke-mode stream: a load balancer cannot stream"),
    ("--alb-multi-value -- true", 2, "--alb-multi-value goes with --front alb only"),
    ("--concurrency 0 -- true", 2, "--concurrency 0: must be from 1 to 1000"),
    ("--memory 64 -- true", 2, "--memory 64: must be from 128 to 32768 MB, or a size in that range such as 2GiB"),
    ("--timeout 901 -- true", 2, "--timeout 901: must be from 1ms to 900 seconds, as in 30, 30s or 500ms"),
    ("--listen nonsense -- true", 2, "--listen nonsense: must be HOST:PORT"),
    ("--listen 0.0.0.0:0 -- true", 2, "--listen 0.0.0.0:0: not a loopback address"),
    ("--runtime-api 0.0.0.0:0 -- true", 2, "--runtime-api 0.0.0.0:0: not a loopback address"),
    ("--listen 127.0.0.1:0 --instances managed -- false", 1, "the runtime ended before it asked for work"),
  ]) func badInput(_ arguments: String, _ exit: Int, _ words: String) throws {
    let run = try BuiltTool.run(arguments)
    #expect(run.exit == exit)
    #expect(run.errors.hasPrefix("gzlambda: "))
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    #expect(run.output == "")
  }

  @Test(arguments: ["--listen", "--runtime-api"]) func aPortInUse(_ option: String) throws {
    let taken = try UnansweringListener()
    let other = option == "--listen" ? "" : "--listen 127.0.0.1:0"
    let run = try BuiltTool.run("\(option) 127.0.0.1:\(taken.port) \(other) -- true")
    #expect(run.exit == 1)
    #expect(run.errors == "gzlambda: \(option): cannot listen on 127.0.0.1:\(taken.port): Address already in use\n")
  }

  @Test func optionsFromElsewhere() throws {
    let variable = try BuiltTool("GZLAMBDA_FRONT=nginx \"$tool\" -- true; echo $? >exit")
    defer { variable.remove() }
    variable.child.end(within: .seconds(10))
    #expect(variable.text("exit") == "104\n")
    #expect(variable.errors.contains("GZLAMBDA_FRONT"))
    let file = try BuiltTool(
      "printf 'front: alb\\nconcurrency: 3\\nlisten: 127.0.0.1:0\\n' >config.yaml; "
        + "GZLAMBDA_CONCURRENCY=5 exec \"$tool\" $ready --config config.yaml --attach")
    defer { file.remove() }
    let client = try RawClient(port: try file.ports().front)
    try client.send("GET /.gzlambda/stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let stats = try members(JSONValue(parsing: try #require(RawResponse(client.readToEnd().bytes)).body))
    #expect(stats["front"] == "alb")
    #expect(stats["concurrency"] == 5)
    #expect(stats["invoke_mode"] == "buffered")
    kill(file.child.pid, SIGTERM)
    file.child.end(within: .seconds(10))
  }

  @Test func helpAndManual() throws {
    let help = try BuiltTool.run("--help")
    #expect(help.exit == 0)
    for word in ["--instances", "--trailer-effect", "gzlambda -- ./bootstrap", "GZLAMBDA_INVOKE_MODE"] {
      #expect(help.output.contains(word), "\(word)")
    }
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let page = try BuiltTool.run("--generate-manual")
    let tool = try BuiltTool(
      "cat '\(#filePath.replacing("Tests/LambdaEmulatorTests/BuiltToolTests.swift", with: "Docs/man/gzlambda.1"))'")
    defer { tool.remove() }
    tool.child.end(within: .seconds(5))
    #expect(tool.output == page.output, "Docs/man/gzlambda.1 is out of date: run Scripts/manual.sh")
  }

  /// A lab holds it by two pipes.
  @Test func asAChild() throws {
    let own = try #require(OwnExecutable.path)
    let folder = own[..<(own.lastIndex(of: "/") ?? own.startIndex)]
    let (child, port, _) = try ChildProcess.startServer(
      executable: "\(folder)/gzlambda", arguments: ["--listen", "127.0.0.1:0", "--attach"], name: "gzlambda",
      errors: .null)
    #expect(try RawClient(port: port).send("GET /.gzlambda/stats HTTP/1.1\r\n\r\n") == ())
    child.end(within: .seconds(5))
    #expect(!child.isRunning)
  }
}
