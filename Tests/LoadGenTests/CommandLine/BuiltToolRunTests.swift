import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whole runs of the built `gzload`, with its lab and without.
@Suite struct BuiltToolRunTests {
  @Test func aGoodLabPasses() throws {
    let run = try ToolRun("gzload", ["--embedded", "/gzip/256KiB", "-c", "4", "-n", "20", "--no-progress"])
    #expect(run.exit == 0)
    #expect(run.errors == "")
    #expect(run.output.contains("streams      20: 20 ok, 0 failed\n"))
    #expect(run.output.contains("gzip         valid: 20\n"))
    #expect(run.output.contains("memory       gzproxy (child, pid "))
    #expect(!run.output.contains("\u{1B}"))
  }

  @Test func aBrokenBodyIsFound() throws {
    let run = try ToolRun("gzload", ["--embedded", "/gzip/256KiB?fault=crc", "-n", "4", "--no-progress"])
    #expect(run.exit == 99)
    #expect(run.output.contains("FAILED       stream_failed:rate == 0 (was 100%)\n"))
    #expect(run.output.contains("gzip         corrupt_crc: 4\n"))
  }

  @Test func theNaiveProxyIsExplained() throws {
    let run = try ToolRun("gzload", ["--embedded=naive", "-n", "4", "--no-progress"])
    #expect(run.exit == 99)
    #expect(run.output.contains("cause        502 length_and_chunked: 4"))
  }

  @Test func nobodyListens() throws {
    let run = try ToolRun("gzload", ["-n", "3", "--no-progress", "http://127.0.0.1:1/"])
    #expect(run.exit == 1)
    #expect(run.errors.hasPrefix("gzload: no stream got a response from 127.0.0.1:1: connect_failed ("))
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(run.output.contains("transport    connect_failed: 3\n"))
  }

  @Test func plainPagesAreUncheckedUnlessGzipIsExpected() throws {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"
    for (flags, exit) in [([], 0), (["--expect", "gzip"], 99)] as [([String], Int)] {
      let server = try OneShotServer(answers: [page, page])
      let run = try ToolRun(
        "gzload", flags + ["-n", "2", "-c", "1", "--no-progress", "http://127.0.0.1:\(server.port)/"])
      #expect(run.exit == exit)
    }
  }

  @Test func reportGoesToAFileWhole() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let file = "\(folder.path)/r.json"
    let flags = ["-o", file, "--output-format", "json", "-n", "4", "--no-progress"]
    let run = try ToolRun("gzload", ["--embedded", "/gzip/64KiB"] + flags)
    #expect(run.exit == 0)
    #expect(run.output == "")
    #expect(try folder.text("r.json").contains("\"schema\" : \"gzload/1\""))
    #expect(folder.names == ["r.json"])
  }

  #if os(Linux)
    @Test func nothingMeasuredIsLostOnAFullDisk() throws {
      let run = try ToolRun("gzload", ["--embedded", "/gzip/64KiB", "-n", "4", "--no-progress", "-o", "/dev/full"])
      #expect(run.exit == 1)
      #expect(run.errors == "gzload: -o /dev/full: the report was not written: No space left on device\n")
      #expect(run.output.contains("streams      4: 4 ok, 0 failed\n"))
    }
  #endif

  /// Interrupted twice: the partial report is written, and the code says so. Not with SIGINT, which a script's shell lets
  /// jobs in the background ignore.
  @Test func interruptionWritesThePartialReport() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let own = try #require(OwnExecutable.path)
    let tool = "\(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])/gzload"
    let report = "\(folder.path)/r.json"
    let script = """
      "$1" --embedded '/gzip/64MiB?pace=64KiB' -c 2 -n 10 --no-progress -o "$2" --output-format json 2>"$3/err" &
      pid=$!
      until grep -q 'VmRSS' /proc/$pid/status && [ -n "$(grep -l load-0 /proc/$pid/task/*/comm)" ]; do :; done
      kill -TERM $pid
      until grep -q interrupted "$3/err"; do :; done
      kill -TERM $pid
      wait $pid
      """
    #if os(Linux)
      let run = try ToolRun(executable: "/bin/sh", ["-c", script, "sh", tool, report, folder.path])
      #expect(run.exit == 105)
      let text = try folder.text("r.json")
      #expect(text.contains("\"interrupted\" : true"))
      #expect(text.contains("\"cut_by_deadline\" : 2"))
    #endif
  }
}
