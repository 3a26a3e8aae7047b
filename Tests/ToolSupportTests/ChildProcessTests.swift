import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ChildProcessTests {
  /// A shell in the place of a server; `--ready-fd 3 --life-fd 4` end up in its positional parameters.
  private func server(
    _ script: String, within limit: Duration = .seconds(10)
  ) throws -> (child: ChildProcess, port: Int, adminPort: Int?) {
    try ChildProcess.startServer(
      executable: "/bin/sh", arguments: ["-c", script, "sh"], name: "shell", errors: .null, readyWithin: limit)
  }

  @Test func startsWhenThePortIsToldAndEndsByItselfAtTheEndOfThePipe() throws {
    let (child, port, adminPort) = try server("echo 4711 >&3; read line <&4; exit 0")
    #expect(port == 4711 && adminPort == nil)
    #expect(child.isRunning)
    let started = ContinuousClock.now
    child.end(within: .seconds(20))
    #expect(!child.isRunning)
    // Far below the limit: it was not killed.
    #expect(ContinuousClock.now - started < .seconds(10))
  }

  @Test func anAdminListenersPortStandsBehindTheOther() throws {
    let (_, port, adminPort) = try server("echo 4711 12 >&3; read line <&4")
    #expect(port == 4711 && adminPort == 12)
    for line in ["4711 0", "4711 x", "0 1", "1 2 3", "4711 65536"] {
      #expect(throws: ToolFailure.self) { try server("echo \(line) >&3; read line <&4") }
    }
  }

  @Test func childThatIgnoresTheEndIsKilled() throws {
    let (child, _, _) = try server("trap '' HUP TERM INT; echo 1 >&3; exec sleep 1000")
    #expect(child.isRunning)
    child.end(within: .milliseconds(50))
    #expect(!child.isRunning)
    #expect(kill(child.pid, 0) == -1)
  }

  @Test func goesWithItsObject() throws {
    var child: ChildProcess? = try server("echo 1 >&3; read line <&4").child
    let pid = try #require(child?.pid)
    child = nil
    #expect(kill(pid, 0) == -1 && errno == ESRCH)
  }

  @Test func manyAtOnceHoldOnlyTheirOwnPipes() async throws {
    try await withThrowingTaskGroup(of: Duration.self) { group in
      for _ in 0..<6 {
        group.addTask {
          let (child, _, _) = try server("echo 1 >&3; read line <&4")
          let started = ContinuousClock.now
          child.end(within: .seconds(20))
          return ContinuousClock.now - started
        }
      }
      for try await time in group { #expect(time < .seconds(10)) }
    }
  }

  /// What a shell that is no server says on its standard error, each time it is started.
  private func errors(of script: String, times: Int = 1, dropping prefixes: [String] = []) throws -> String {
    var name = Array("/tmp/gztop-child-XXXXXX".utf8CString)
    close(mkstemp(&name))
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    for _ in 0..<times {
      let child = try ChildProcess.start(
        executable: "/bin/sh", arguments: ["-c", script], name: "shell", errors: .file(path), dropping: prefixes)
      child.end(within: .seconds(10))
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65536)
    return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
  }

  /// Accepted sockets for instance, which NIO does not make close-on-exec: a child would keep them open for as long as it lives.
  @Test func nothingThatIsOpenedMeanwhileIsInherited() throws {
    let isOver = SharedFlag()
    defer { isOver.set(true) }
    for _ in 0..<4 {
      let began = PlainThread.detach(name: "opener") {
        while !isOver.isSet { close(open("/dev/null", O_RDONLY)) }
      }
      try #require(began)
    }
    let script = "n=5; while [ $n -lt 100 ]; do [ -e /dev/fd/$n ] && echo $n >&2; n=$((n+1)); done"
    #expect(try errors(of: script, times: 100) == "")
  }

  /// It is a server's ready pipe; who is no server does not get whatever has that number here.
  @Test func threeIsClosedWhereItIsNotTold() throws {
    let flags = fcntl(3, F_GETFD)
    try #require(flags >= 0, "this process has no descriptor 3 to inherit")
    try #require(fcntl(3, F_SETFD, 0) == 0)
    defer { _ = fcntl(3, F_SETFD, flags) }
    #expect(try errors(of: "[ -e /dev/fd/3 ] && echo 3 >&2") == "")
  }

  @Test(arguments: [[], ["PAT"]]) func variablesThatAreDroppedDoNotReachTheChild(_ prefixes: [String]) throws {
    try #require(getenv("PATH") != nil && getenv("HOME") != nil)
    let text = try errors(of: "export -p >&2", dropping: prefixes)
    #expect(text.contains(" HOME="))
    #expect(text.contains(" PATH=") == prefixes.isEmpty)
  }

  @Test func argumentsAndDescriptorsAreTheContract() throws {
    let (child, port, _) = try server("[ \"$*\" = '--ready-fd 3 --life-fd 4' ] && echo 8080 >&3; read line <&4")
    #expect(port == 8080)
    child.end(within: .seconds(5))
  }

  @Test func ownProcessGroup() throws {
    let (child, _, _) = try server("echo 1 >&3; read line <&4")
    #expect(getpgid(child.pid) == child.pid)
    child.end(within: .seconds(5))
  }

  @Test func missingExecutableIsNamed() {
    #expect {
      try ChildProcess.startServer(executable: "/nowhere/gzproxy", arguments: [], name: "gzproxy")
    } throws: { error in
      let failure = error as? ToolFailure
      return failure?.exit == .couldNotRun
        && failure?.message == "cannot start gzproxy (/nowhere/gzproxy): No such file or directory"
    }
  }

  @Test(arguments: [
    ("exit 3", "shell (/bin/sh) ended before it was ready"),
    ("exec 3>&-; read line <&4", "shell (/bin/sh) ended before it was ready"),
    ("echo 70000 >&3; read line <&4", "shell (/bin/sh) ended before it was ready"),
    ("echo a-line-much-too-long-for-a-port >&3; read line <&4", "shell (/bin/sh) ended before it was ready"),
    ("printf 12 >&3; read line <&4", "shell (/bin/sh) was not ready in time"),
  ])
  func childThatNeverServes(script: String, message: String) {
    #expect {
      try server(script, within: .milliseconds(300))
    } throws: { error in
      (error as? ToolFailure)?.message == message
    }
  }

  @Test func childGetsWhatIsSent() throws {
    let path = "/tmp/gztop-child-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    defer { unlink(path) }
    let (child, _, _) = try server("echo 1 >&3; read line <&4; printf %s \"$line\" > \(path)")
    child.send(Array("hello\n".utf8))
    child.end(within: .seconds(10))
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = read(file, &bytes, bytes.count)
    #expect(count == 5)
    #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == "hello")
  }
}
