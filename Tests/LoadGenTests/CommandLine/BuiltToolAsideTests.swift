#if os(Linux)
  import Testing

  @testable import LoadGen

  /// The built `gzload` at its edges: what it prints instead of working, limits, signals, late starts.
  @Suite struct BuiltToolAsideTests {
    @Test(arguments: [
      "--help", "--version", "--completions bash", "--generate-manual", "compare --help", "http://h/ --print-config",
    ])
    func textThatDidNotArriveIsAFailure(_ words: String) throws {
      let full = try ShellRun.run("exec \"$1\" \(words) >/dev/full", [])
      #expect(full.exit == 1)
      #expect(full.errors.hasSuffix(": stdout: the text was not written: No space left on device\n"), "\(full.errors)")
      let closed = try ShellRun.run("exec \"$1\" \(words) >&-", [])
      #expect(closed.exit == 1)
      #expect(try ShellRun.run("exec \"$1\" \(words)", []).exit == 0)
    }

    @Test(arguments: [
      ("--output-format json=/dev/full", "--output-format json=/dev/full"), ("-o json=/dev/full", "-o json=/dev/full"),
      ("-o /dev/full --output-format json", "-o /dev/full"),
    ])
    func aReportThatWasNotWrittenIsNamedAsItWasTyped(_ words: String, _ name: String) throws {
      let run = try ShellRun.run("exec \"$1\" --embedded /gzip/1KiB -n 2 --no-progress \(words)", [])
      #expect(run.exit == 1)
      #expect(run.errors == "gzload: \(name): the report was not written: No space left on device\n")
    }

    @Test func aFileThatCannotBeMadeIsNamedAsItWasTyped() throws {
      let run = try ToolRun("gzload", ["http://h/", "--output-format", "junit=/nowhere/r"])
      #expect(run.exit == 2)
      #expect(run.errors == "gzload: --output-format junit=/nowhere/r: cannot be written: No such file or directory\n")
    }

    /// More lanes than the lab's proxy has descriptors for: said before it starts, and not found as the target's 503s.
    @Test func aLabThatIsTooSmallIsRefused() throws {
      let run = try ShellRun.run("ulimit -n 300; exec \"$1\" --embedded /gzip/1KiB -c 150 -n 150", [])
      #expect(run.exit == 2 && run.output == "")
      #expect(run.errors.hasPrefix("gzload: -c 150: with --embedded the lab's proxy needs "), "\(run.errors)")
      #expect(run.errors.contains("two a stream, and the limit is 300: run `ulimit -n "))
    }

    @Test func aFunctionThatIsTooSmallIsRefused() throws {
      let run = try ShellRun.run("ulimit -n 150; exec \"$1\" --embedded=lambda /gzip/1KiB -c 2 -n 2", [])
      #expect(run.exit == 2 && run.output == "")
      #expect(run.errors.hasPrefix("gzload: --lab-concurrency 64: the lab's function needs "), "\(run.errors)")
      #expect(run.errors.contains("two an invocation, and the limit is 150: run `ulimit -n "))
    }

    /// At the limit that is named there is no answer but the origin's.
    @Test func aLabAtItsLimitHolds() throws {
      let run = try ShellRun.run(
        """
        need=$( (ulimit -n 120; "$1" --embedded -c 100 2>&1) | sed 's/.*needs \\([0-9]*\\) .*/\\1/')
        ulimit -n $need
        exec "$1" --embedded '/gzip/1KiB?delay=300ms' -c 100 -n 200 --no-progress
        """, [])
      #expect(run.exit == 0, "\(run.errors)")
      #expect(run.output.contains("200: 200 ok, 0 failed"), "\(run.output)")
    }

    @Test func aGraceThatIsShorterThanTheDrainIsKept() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      let server = try ScriptedServer { _ in [.hang] }
      defer { server.stop() }
      for (grace, notice) in [
        ("30s", "running streams have 2s, again"), ("300ms", "running streams have 300ms, again"),
      ] {
        let script = """
          "$1" --threads 1 "$3" -c 2 -n 10 --grace \(grace) --no-progress -o "$2" --output-format json &
          pid=$!
          \(ShellRun.untilItRuns)
          kill -TERM $pid
          wait $pid
          """
        let run = try ShellRun.run(script, ["\(folder.path)/r.json", "http://127.0.0.1:\(server.port)/"])
        #expect(run.exit == 105)
        #expect(run.errors.contains(notice), "\(run.errors)")
        let seconds = try #require(try folder.text("r.json").firstMatch(of: /"duration_seconds" : ([0-9.]+)/))
        let took = try #require(Double(seconds.1))
        #expect(grace == "30s" ? took >= 2 : took >= 0.3 && took < 2)
      }
    }

    @Test func aPlanThatWasOverBeforeItBeganIsSaidToBe() throws {
      let run = try ShellRun.run(
        "exec \"$1\" http://127.0.0.1:1/ -z 2s --start-at @$(($(date +%s) - 20)) --no-progress", [])
      #expect(run.exit == 1)
      #expect(run.errors.hasPrefix("gzload: --start-at 20"), "\(run.errors)")
      #expect(run.errors.contains("the plan's 2s were over ") && run.errors.hasSuffix("give it a later time\n"))
      let inTime = try ShellRun.run(
        "exec \"$1\" http://127.0.0.1:1/ -n 1 --start-at @$(($(date +%s) - 20)) --no-progress", [])
      #expect(!inTime.errors.contains("--start-at"))
    }
  }
#endif
