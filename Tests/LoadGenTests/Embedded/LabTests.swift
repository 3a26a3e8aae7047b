import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The lab with shells in the place of its servers: what is started, in what order, with what arguments, and how it ends.
@Suite struct LabTests {
  /// A shell that notes its arguments, tells a port, and ends at the end of its life pipe.
  private func shell(_ folder: TemporaryFolder, port: Int, then script: String = "read line <&4") -> ChildCommand {
    let note = "echo \"$*\" >> \(folder.path)/calls; echo \(port) >&3; exec 3>&-; \(script)"
    return ChildCommand(executable: "/bin/sh", leadingArguments: ["-c", note, "sh"])
  }

  private func start(
    _ mode: LabMode, _ folder: TemporaryFolder, proxy: String = "read line <&4"
  ) throws -> Lab {
    try Lab.start(mode: mode, errors: .null) { role in
      switch role {
      case .gzorigin: shell(folder, port: 1111)
      case .gzproxy: shell(folder, port: 2222, then: proxy)
      case .gzlambda: shell(folder, port: 3333)
      }
    }
  }

  @Test func proxyMode() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lab = try start(.proxy, folder)
    #expect(lab.mode == .proxy)
    #expect(lab.baseURL == "http://127.0.0.1:2222")
    #expect(lab.url("/gzip/1MiB?fault=crc") == "http://127.0.0.1:2222/gzip/1MiB?fault=crc")
    #expect(
      try folder.text("calls") == """
        --listen 127.0.0.1:0 --ready-fd 3 --life-fd 4
        serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --telemetry --access-log off --max-upstream-connections 1000000 \
        --upstream http://127.0.0.1:1111 --ready-fd 3 --life-fd 4

        """)
    #expect(lab.notes() == [])
    lab.stop()
    #expect(kill(lab.proxyPid, 0) == -1)
  }

  @Test func naiveModePutsABrokenProxyBetween() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lab = try start(.naive, folder)
    defer { lab.stop() }
    #expect(
      try folder.text("calls") == """
        --listen 127.0.0.1:0 --ready-fd 3 --life-fd 4
        naive --listen 127.0.0.1:0 --upstream http://127.0.0.1:1111 --ready-fd 3 --life-fd 4
        serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --telemetry --access-log off --max-upstream-connections 1000000 \
        --upstream http://127.0.0.1:1111 --ready-fd 3 --life-fd 4

        """)
  }

  /// The proxy is gzlambda's to start: its command stands behind everything, and knows the origin.
  @Test(arguments: [(LabMode.lambda, "stream"), (.buffered, "buffered")])
  func functionModes(mode: LabMode, invoked: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lab = try Lab.start(mode: mode, concurrency: 9, errors: .null) { role in
      switch role {
      case .gzorigin: shell(folder, port: 1111)
      case .gzproxy: ChildCommand(executable: "/x/gzload", leadingArguments: ["__role", "gzproxy"])
      case .gzlambda: shell(folder, port: 3333)
      }
    }
    defer { lab.stop() }
    #expect(lab.baseURL == "http://127.0.0.1:3333")
    #expect(
      try folder.text("calls") == """
        --listen 127.0.0.1:0 --ready-fd 3 --life-fd 4
        --listen 127.0.0.1:0 --runtime-api 127.0.0.1:0 --instances managed --concurrency 9 --invoke-mode \(invoked) \
        --bandwidth off --log off --ready-fd 3 --life-fd 4 -- /x/gzload __role gzproxy lambda --telemetry --lambda-mode \(invoked) \
        --access-log off --max-upstream-connections 1000000 --access-log-file /dev/null --upstream http://127.0.0.1:1111

        """)
  }

  @Test func aChildThatDiesIsNoted() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let lab = try start(.proxy, folder, proxy: "kill -9 $$")
    let deadline = ContinuousClock.now.advanced(by: .seconds(10))
    while lab.notes().isEmpty && ContinuousClock.now < deadline { sched_yield() }
    #expect(
      lab.notes() == [
        "the lab's gzproxy (pid \(lab.proxyPid)) ended during the run; "
          + "what failed after that is the lab's, not a target's"
      ])
    lab.stop()
    #expect(lab.notes() == [])
  }

  @Test func aProxyThatNeverServesTakesTheOriginWithIt() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let failure = #expect(throws: ToolFailure.self) {
      try Lab.start(mode: .proxy, errors: .null) { role in
        role == .gzorigin
          ? shell(folder, port: 1111, then: "echo $$ > \(folder.path)/pid; read line <&4")
          : ChildCommand(executable: "/bin/sh", leadingArguments: ["-c", "exit 1", "sh"])
      }
    }
    #expect(failure?.message == "gzproxy (/bin/sh) ended before it was ready")
    #expect(failure?.exit == .couldNotRun)
    let pid = try #require(Int32(folder.text("pid").dropLast()))
    #expect(kill(pid, 0) == -1)
  }

  @Test func nowhereToStartFrom() {
    let failure = #expect(throws: ToolFailure.self) {
      try Lab.start(mode: .proxy, errors: .null) { _ in nil }
    }
    #expect(failure?.message == "gzorigin: cannot find the path of this executable to start it from")
  }

  @Test func targetsArePathsThatTheCommandLineTakes() throws {
    for path in Lab.demoTargets + [Lab.defaultTarget, Lab.overlongTarget] {
      #expect(try TargetURL.checkedPath(path) == path)
    }
  }
}
