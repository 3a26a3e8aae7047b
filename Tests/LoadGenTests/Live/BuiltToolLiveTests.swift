#if os(Linux)
  import Testing
  import ToolSupport

  @testable import LoadGen

  /// The built `gzload` with outputs that are made while it runs.
  @Suite struct BuiltToolLiveTests {
    private static let page = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

    @Test func rowsGoToStdoutAlone() throws {
      let server = try ScriptedServer { _ in [.send(Self.page)] }
      defer { server.stop() }
      let run = try ToolRun(
        "gzload", ["-n", "5", "-c", "2", "--validate", "off", "--output-format", "csv", server.url()])
      #expect(run.exit == 0)
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 6 && lines[0].hasPrefix("stream,lane,") && lines[1].contains(",ok,"))
    }

    @Test func aReaderThatLeavesEndsTheRunAndIsSuccess() throws {
      let server = try ScriptedServer { _ in [.send(Self.page)] }
      defer { server.stop() }
      let script = """
        { "$1" -z 20s -c 2 --validate off --output-format ndjson --no-progress "$2"; echo "exit $?" >&2; } | head -n 1
        """
      let run = try ShellRun.run(script, [server.url()])
      #expect(run.errors == "exit 0\n")
      #expect(run.output.hasPrefix("{\"stream\":"))
    }

    @Test func aFullDiskIsToldAndTheReportWritten() throws {
      let server = try ScriptedServer { _ in [.send(Self.page)] }
      defer { server.stop() }
      let flags = ["-n", "5", "--validate", "off", "--no-progress", "--record", "/dev/full", server.url()]
      let run = try ToolRun("gzload", flags)
      #expect(run.exit == 1)
      #expect(run.errors == "gzload: --record /dev/full: not all of it was written: No space left on device\n")
      #expect(run.output.contains("streams      5: 5 ok"))
    }

    @Test func aToolThatIsKilledLeavesItsRecord() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let server = try ScriptedServer { _ in [.wait(milliseconds: 5), .send(Self.page)] }
      defer { server.stop() }
      let script = """
        "$1" -z 20s -c 2 --validate off --no-progress --record "$2" "$3" >/dev/null 2>&1 &
        pid=$!
        until [ "$(grep -c '"e":"end"' "$2" 2>/dev/null)" -ge 20 ]; do sleep 0.1; done 2>/dev/null
        kill -KILL $pid
        wait $pid
        """
      let run = try ShellRun.run(script, ["\(folder.path)/r", server.url()])
      #expect(run.exit == 137)
      let timeline = try ReplayTimeline(path: "\(folder.path)/r")
      timeline.seek(to: .max)
      #expect(timeline.snapshot().counters.ok >= 20 && timeline.damagedLines == 0)
    }

    @Test func wrongNamesCostNothing() throws {
      for (flags, words) in [
        (["--record", "/nonexistent/r"], "--record /nonexistent/r: cannot be written: No such file"),
        (["--record", "-"], "--record -: name a file"),
        (["--record-limit", "1GiB"], "--record-limit: there is no record"),
        (["--metrics-listen", "x"], "--metrics-listen x: must be HOST:PORT"),
        (["--output-format", "csv=/nonexistent/r"], "--output-format csv /nonexistent/r: cannot be written"),
      ] {
        let run = try ToolRun("gzload", flags + ["http://127.0.0.1:1/"])
        #expect(run.exit == 2)
        #expect(run.errors.hasPrefix("gzload: \(words)"))
      }
    }
  }
#endif
