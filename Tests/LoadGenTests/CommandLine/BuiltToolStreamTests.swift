#if os(Linux)
  import Testing

  @testable import LoadGen

  /// The built `gzload` with a stderr that nobody reads, without any, and with signals that are not meant for it.
  @Suite struct BuiltToolStreamTests {
    @Test func progressThatNobodyReadsHoldsNothingUp() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let pipe = try FullPipe(in: folder)
      defer { pipe.closeEnds() }
      // Longer than the five seconds between two lines of progress.
      let run = try ShellRun.run(
        "exec \"$1\" --embedded '/gzip/1KiB?delay=200ms' -c 1 -z 6s -o \"$2\" 2>\"$3\"",
        ["\(folder.path)/r", pipe.path])
      #expect(run.exit == 0)
      #expect(try folder.text("r").contains("passed       stream_failed:rate == 0\n"))
    }

    /// The notice has nowhere to go: a pipe that is full, or no stderr at all. Without a lab and with one load thread the
    /// pipe that carries signals would be the first to get number 2.
    @Test(arguments: ["2>\"$3\"", "<&- >&- 2>&-"])
    func oneSignalIsOneSignalWhateverStderrIs(streams: String) throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let pipe = try FullPipe(in: folder)
      defer { pipe.closeEnds() }
      let server = try ScriptedServer { _ in [.hang] }
      defer { server.stop() }
      let script = """
        "$1" --threads 1 "$4" -c 2 -n 10 -o "$2" --output-format json \(streams) &
        pid=$!
        \(ShellRun.untilItRuns)
        kill -TERM $pid
        wait $pid
        """
      let run = try ShellRun.run(script, ["\(folder.path)/r.json", pipe.path, "http://127.0.0.1:\(server.port)/"])
      #expect(run.exit == 105)
      #expect(try folder.text("r.json").contains("\"interrupted\" : true"))
      #expect(folder.names == ["pipe", "r.json"])
    }

    @Test func theThirdSignalEndsItWhateverItWaitsFor() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let pipe = try FullPipe(in: folder)
      defer { pipe.closeEnds() }
      let server = try ScriptedServer { _ in [.hang] }
      defer { server.stop() }
      let script = """
        "$1" "$3" -c 2 -n 10 >"$2" 2>"$2" &
        pid=$!
        \(ShellRun.untilItRuns)
        while \(ShellRun.isRunning); do kill -TERM $pid; done
        wait $pid
        """
      let run = try ShellRun.run(script, [pipe.path, "http://127.0.0.1:\(server.port)/"])
      #expect(run.exit == 105)
    }

    @Test func aLastLineThatNobodyReadsHoldsNothingUp() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let pipe = try FullPipe(in: folder)
      defer { pipe.closeEnds() }
      #expect(try ShellRun.run("exec \"$1\" -c 0 http://127.0.0.1:1/ 2>\"$2\"", [pipe.path]).exit == 2)
      let refused = "exec \"$1\" -n 1 --no-progress -o \"$3\" http://127.0.0.1:1/ 2>\"$2\""
      #expect(try ShellRun.run(refused, [pipe.path, "\(folder.path)/r"]).exit == 1)
      #expect(try folder.text("r").contains("connect_failed: 1\n"))
    }

    @Test func aClosedStandardOutputIsAnError() throws {
      let run = try ShellRun.run("exec \"$1\" --embedded /gzip/64KiB -n 2 --no-progress >&-", [])
      #expect(run.exit == 1)
      #expect(run.errors.hasPrefix("gzload: stdout: the report was not written: Bad file descriptor\n"))
      #expect(run.errors.contains("streams      2: 2 ok, 0 failed\n"))
      let named = try ShellRun.run("exec \"$1\" --embedded /gzip/64KiB -n 2 --no-progress -o /dev/stdout >&-", [])
      #expect(named.exit == 1)
      #expect(named.errors.hasPrefix("gzload: -o /dev/stdout: the report was not written: Bad file descriptor\n"))
    }

    /// What `nohup` does, and what a shell does to a job in the background.
    @Test(arguments: ["HUP", "INT"])
    func aSignalThatIsIgnoredAtStartStaysIgnored(name: String) throws {
      let script = """
        trap '' \(name)
        "$1" --embedded '/gzip/1KiB?delay=200ms' -c 1 -z 3s --no-progress &
        pid=$!
        \(ShellRun.untilItRuns)
        kill -\(name) $pid
        wait $pid
        """
      let run = try ShellRun.run(script, [])
      #expect(run.exit == 0)
      #expect(run.errors == "")
    }
  }
#endif
