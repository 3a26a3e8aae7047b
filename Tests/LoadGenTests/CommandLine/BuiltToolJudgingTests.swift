import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a script sees of thresholds, expectations and watching: exit codes, and one line each.
@Suite struct BuiltToolJudgingTests {
  private func run(_ arguments: String...) throws -> ToolRun { try ToolRun("gzload", arguments + ["--no-progress"]) }

  @Test func aThresholdThatHoldsPasses() throws {
    let run = try run(
      "--embedded", "/gzip/64KiB", "-n", "20", "--threshold", "stream_ttlb:p(95)<1h", "--threshold",
      "streams:count==20",
      "--threshold", "target_rss_peak<4GiB", "--abort-on-fail")
    #expect(run.exit == 0, "\(run.output)")
    #expect(run.output.contains("stream_ttlb:p(95) < 1h\n"))
    #expect(run.output.contains("stream_failed:rate == 0\n"))
  }

  @Test func aThresholdThatFailsIs99() throws {
    let run = try run("--embedded", "/gzip/64KiB", "-n", "20", "--threshold", "stream_ttlb:p(95)<1ns")
    #expect(run.exit == 99)
    #expect(run.output.contains("FAILED       stream_ttlb:p(95) < 1ns"))
    let tolerant = try self.run(
      "--embedded", "/gzip/64KiB?fault=crc", "-n", "20", "--no-default-thresholds", "--threshold",
      "gzip_invalid{truncated}:count==0")
    #expect(tolerant.exit == 0, "\(tolerant.output)")
  }

  @Test func aThresholdWithASlipIs2() throws {
    let run = try run("--threshold", "strem_failed:rate<1%", "http://127.0.0.1:1/")
    #expect(run.exit == 2)
    #expect(run.output == "")
    #expect(
      run.errors == "gzload: --threshold strem_failed:rate<1%: no metric strem_failed; did you mean stream_failed?\n")
  }

  /// A run of an hour is over at once; what could not be measured is said and fails.
  @Test func aFailingThresholdEndsTheRun() throws {
    let run = try run("--embedded", "/gzip/64KiB?fault=crc", "-z", "1h", "-c", "2", "--abort-on-fail", "--grace", "1s")
    #expect(run.exit == 99)
    #expect(run.output.contains("ended early, "))
    #expect(!run.output.contains("INTERRUPTED"))
  }

  @Test func whatIsExpectedOfBodies() throws {
    let good = try run("--embedded", "/gzip/64KiB", "-n", "4", "--expect-length-decoded", "64KiB")
    #expect(good.exit == 0, "\(good.output)")
    let bad = try run("--embedded", "/gzip/64KiB", "-n", "4", "--expect-length-decoded", "64000")
    #expect(bad.exit == 99)
    #expect(bad.output.contains("decoded, the body has 65536 bytes, expected 64000"))
  }

  @Test func somebodyWhoSaysNothingOfMemoryIsNamed() throws {
    let lab = try Lab.start(mode: .proxy, errors: .null)
    defer { lab.stop() }
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let silent = try run(
      server.url(), "-n", "4", "-c", "1", "--watch-url", "http://127.0.0.1:1", "--threshold", "target_rss<1GiB",
      "--no-default-thresholds")
    #expect(silent.exit == 99)
    #expect(silent.output.contains("target_rss < 1GiB (was not measured"))
    let url = try run(lab.url("/gzip/64KiB"), "-n", "4", "--watch-url", lab.baseURL)
    #expect(url.exit == 0)
    #expect(url.output.contains("memory       \(lab.baseURL)/.gzproxy/stats: "))
    #if os(Linux)
      let pid = try run(lab.url("/gzip/64KiB"), "-n", "4", "--watch-pid", "\(lab.proxyPid)")
      #expect(pid.output.contains("memory       pid \(lab.proxyPid): "))
      let gone = try run("http://127.0.0.1:1/", "--watch-pid", "2147483646")
      #expect(gone.exit == 2)
      #expect(
        gone.errors
          == "gzload: --watch-pid 2147483646: there is no such process, or /proc does not show it\n")
    #endif
  }
}
