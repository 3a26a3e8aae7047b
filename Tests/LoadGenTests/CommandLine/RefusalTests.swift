import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bad input gets one line that names the thing and the way out, and exit code 2.
@Suite struct RefusalTests {
  static let cases: [(arguments: [String], line: String)] = [
    ([], "no target; give a URL such as http://127.0.0.1:8080/, or --embedded to load a built-in proxy"),
    (["-c", "0", "http://h/"], "-c 0: must be a whole number from 1 to 1000000"),
    (["-c", "-3", "http://h/"], "-c -3: must be a whole number from 1 to 1000000"),
    (["-c", "ten", "http://h/"], "-c ten: must be a whole number from 1 to 1000000"),
    (
      ["-m", "HEAD", "--expect", "gzip", "http://h/"],
      "--expect gzip: the answer to a HEAD has no body to judge; use GET, or --expect-header"
    ),
    (["-n", "-1", "http://h/"], "-n -1: must be a whole number from 1; write it like 200, 10k or 1m"),
    (["-n", "0", "http://h/"], "-n 0: must be a whole number from 1; write it like 200, 10k or 1m"),
    (["-n", "", "http://h/"], "-n '': must be a whole number from 1; write it like 200, 10k or 1m"),
    (["-z", "5", "http://h/"], "-z 5: a duration needs a unit; did you mean 5s?"),
    (["-z", "0", "http://h/"], "-z 0: must be longer than zero; leave it out for none"),
    (["-z", "-5s", "http://h/"], "-z -5s: not a duration; write it like 500ms, 30s, 1m30s or 1h"),
    (["--grace", "x", "http://h/"], "--grace x: not a duration; write it like 500ms, 30s, 1m30s or 1h"),
    (["-t", "1", "http://h/"], "--max-time 1: a duration needs a unit; did you mean 1s?"),
    (["--seed", "-1", "http://h/"], "--seed -1: must be a whole number from 0 to 18446744073709551615"),
    (["--threads", "0", "http://h/"], "--threads 0: must be a whole number from 1 to 256"),
    (["-D", "/nowhere/x", "http://h/"], "-D /nowhere/x: cannot be read: No such file or directory"),
    (["-d", "@/nowhere/x", "http://h/"], "-d /nowhere/x: cannot be read: No such file or directory"),
    (["-d", "a", "-D", "b", "http://h/"], "-d and -D: both give the body; keep one of them"),
    (["-m", "HEAD", "-d", "a", "http://h/"], "-m HEAD: sends no body; drop -d and -D, or choose another method"),
    (["-m", "G3T", "http://h/"], "-m G3T: a method is made of letters, such as GET or POST"),
    (
      ["-m", "10s", "http://h/"],
      "-m 10s: a method is made of letters, such as GET or POST; for a time limit use -t 10s"
    ),
    (["-m", "connect", "http://h/"], "-m connect: asks for a tunnel, which has no body to judge"),
    (["ftp://h/"], "ftp://h/: ftp:// is not spoken here; use http:// or https://"),
    ([""], "'': an empty URL; write http://HOST[:PORT]/PATH"),
    (["example.com"], "example.com: no scheme; did you mean http://example.com?"),
    (["localhost:80/x"], "localhost:80/x: no scheme; did you mean http://localhost:80/x?"),
    (["h/?u=http://x"], "h/?u=http://x: no scheme; did you mean http://h/?u=http://x?"),
    (["http:/h"], "http:/h: not a URL; did you mean http://h?"),
    (["/gzip/1MiB"], "/gzip/1MiB: a path needs a host; did you mean --embedded /gzip/1MiB?"),
    (["http://"], "http://: no host; write http://HOST[:PORT]/PATH"),
    (["http://:80/"], "http://:80/: no host; write http://HOST[:PORT]/PATH"),
    (["http://[]/"], "http://[]/: no host; write http://HOST[:PORT]/PATH"),
    (["http://::1/"], "http://::1/: an IPv6 address goes in brackets, such as http://[::1]:8080/"),
    (["http://[::1/"], "http://[::1/: an IPv6 address goes in brackets, such as http://[::1]:8080/"),
    (["http://[%25lo]/"], "http://[%25lo]/: an IPv6 address goes in brackets, such as http://[::1]:8080/"),
    (
      ["http://[fe80::1%lo]:8080/"],
      "http://[fe80::1%lo]:8080/: the % before a zone is written %25, such as [fe80::1%25lo]"
    ),
    (["http://[fe80::1%]/"], "http://[fe80::1%]/: the % before a zone is written %25, such as [fe80::1%25eth0]"),
    (
      ["http://[fe80::1%25]/"],
      "http://[fe80::1%25]/: after %25 goes the name of an interface, such as [fe80::1%25eth0]"
    ),
    (
      ["http://[fe80::1%25a!b]/"],
      "http://[fe80::1%25a!b]/: after %25 goes the name of an interface, such as [fe80::1%25eth0]"
    ),
    (["http://h:0/"], "http://h:0/: port 0 is not a number from 1 to 65535"),
    (["http://h:65536/"], "http://h:65536/: port 65536 is not a number from 1 to 65535"),
    (["http://h:x/"], "http://h:x/: port x is not a number from 1 to 65535"),
    (["http://h/a b"], "http://h/a b: a URL has no spaces or control characters; write a space as %20"),
    (
      ["http://user:secret@h/"],
      "http://***@h/: user and password do not belong in a URL; send them with -u USER:PASSWORD"
    ),
    (["user:secret@h/x"], "***@h/x: no scheme; did you mean http://***@h/x?"),
    (["-H", "Accept", "http://h/"], "-H Accept: no colon; write '-H Name: value' in quotes"),
    (["-H", "A b: c", "http://h/"], "-H A b: c: 'A b' is not a header name"),
    (["-H", ": c", "http://h/"], "-H : c: no name before the colon; write '-H Name: value' in quotes"),
    (
      ["-H", "A: b\r\nC: d", "http://h/"], "-H A: b\\r\\nC: d: a header has no line breaks or control characters"
    ),
    (["-H", "A: b", "-H", "a: c", "http://h/"], "-H a: given twice; join the values with a comma in one -H"),
    (
      ["-H", "content-length: 5", "http://h/"],
      "-H content-length: set from the body by the tool itself; give the body with -d or -D"
    ),
    (
      ["-H", "Transfer-Encoding: chunked", "http://h/"],
      "-H Transfer-Encoding: set from the body by the tool itself; give the body with -d or -D"
    ),
    (["--validate", "some", "http://h/"], "--validate some: choose full, compare, frame or off"),
    (["--reference-memory", "x", "http://h/"], "--reference-memory x: not a size; write it like 256MiB"),
    (
      ["--expect", "brotli", "http://h/"],
      "--expect brotli: only gzip can be expected; see also --expect-status, -header, -sha256 and -length"
    ),
    (
      ["--expect", "gzip", "--validate", "off", "http://h/"],
      "--expect gzip: needs --validate full or compare, not off"
    ),
    (
      ["--expect-status", "200,,", "http://h/"],
      "--expect-status 200,,: not a list of statuses from 100 to 599; write it like 200,201,300-399"
    ),
    (
      ["--expect-status", "399-300", "http://h/"],
      "--expect-status 399-300: not a list of statuses from 100 to 599; write it like 200,201,300-399"
    ),
    (
      ["--expect-status", "2xx", "http://h/"],
      "--expect-status 2xx: not a list of statuses from 100 to 599; write it like 200,201,300-399"
    ),
    (
      ["--expect-header", "Vary", "http://h/"],
      "--expect-header Vary: no colon; write '--expect-header Name: value' in quotes"
    ),
    (["--expect-sha256", "abc", "http://h/"], "--expect-sha256 abc: must be 64 hexadecimal digits"),
    (["--expect-sha256-decoded", "abc", "http://h/"], "--expect-sha256-decoded abc: must be 64 hexadecimal digits"),
    (
      ["--expect-length-decoded", "5", "--validate", "frame", "http://h/"],
      "--expect-length-decoded: needs --validate full or compare, not frame"
    ),
    (
      ["-m", "HEAD", "--expect-length-decoded", "5", "http://h/"],
      "--expect-length-decoded: the answer to a HEAD has no body to judge; use GET, or --expect-header"
    ),
    (["--slow-start", "1", "http://h/"], "--slow-start 1: a duration needs a unit; did you mean 1s?"),
    (["--silent-gap", "0", "http://h/"], "--silent-gap 0: must be longer than zero; leave it out for none"),
    (
      ["--threshold", "stream_tfb:avg<1s", "http://h/"],
      "--threshold stream_tfb:avg<1s: no metric stream_tfb; did you mean stream_ttfb?"
    ),
    (
      ["--threshold", "dropped:count==0", "http://h/"],
      "--threshold dropped:count==0: without planned arrivals no stream is late or dropped; add -q RATE, or drop it"
    ),
    (
      ["--threshold", "gzip_invalid:count<5", "--validate", "off", "http://h/"],
      "--threshold gzip_invalid:count<5: --validate off judges no gzip; use full or compare"
    ),
    (
      ["-m", "HEAD", "--threshold", "stream_ttfb:avg<1s", "http://h/"],
      "--threshold stream_ttfb:avg<1s: the answer to a HEAD has no body; see stream_ttfh and stream_ttlb"
    ),
    (["--abort-delay", "1s", "http://h/"], "--abort-delay: only with --abort-on-fail"),
    (["--abort-min-streams", "5", "http://h/"], "--abort-min-streams: only with --abort-on-fail"),
    (
      ["--abort-on-fail", "--no-default-thresholds", "http://h/"],
      "--abort-on-fail: there is no threshold; give one, or drop --no-default-thresholds"
    ),
    (
      ["--abort-on-fail", "--abort-min-streams", "0", "http://h/"],
      "--abort-min-streams 0: must be a whole number from 1; write it like 100 or 10k"
    ),
    (["--watch-pid", "x", "http://h/"], "--watch-pid x: must be the number of a process, as ps shows it"),
    (["--watch-pid", "0", "http://h/"], "--watch-pid 0: must be the number of a process, as ps shows it"),
    (["--watch-url", "h:1", "http://h/"], "--watch-url h:1: no scheme; did you mean http://h:1?"),
    (
      ["--embedded=naive", "--watch-url", "http://h/"],
      "--watch-url: the lab's proxy is watched already; drop it"
    ),
    (["--expect-length", "-1", "http://h/"], "--expect-length -1: not a length; write it in bytes, or like 64KiB"),
    (["--embedded=lambada"], "--embedded lambada: choose proxy, naive, lambda or buffered"),
    (["--embedded", "lambda"], "lambda: not a path; did you mean --embedded=lambda?"),
    (["--embedded=lambda", "--lab-concurrency", "0"], "--lab-concurrency 0: must be a whole number from 1 to 1000"),
    (
      ["--embedded=proxy", "--lab-concurrency", "8"],
      "--lab-concurrency: there is no function; it goes with --embedded=lambda and --embedded=buffered"
    ),
    (
      ["http://h/", "--lab-concurrency", "8"],
      "--lab-concurrency: there is no function; it goes with --embedded=lambda and --embedded=buffered"
    ),
    (
      ["--embedded=buffered", "-c", "1001"],
      "-c 1001: a lab's function takes at most 1000 invocations at once; lower -c"
    ),
    (["--embedded", "naive"], "naive: not a path; did you mean --embedded=naive?"),
    (
      ["--embedded", "http://h/"],
      "http://h/: with --embedded a target is a path on the lab's origin, such as \(Lab.defaultTarget); "
        + "drop --embedded to load a URL"
    ),
  ]

  @Test(arguments: cases)
  func oneLineAndExit2(arguments: [String], line: String) throws {
    let parsed = try Self.parsed(LoadArguments.prepared(arguments))
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan(.gzload) }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }

  /// As ArgumentParser fills the fields (`PlanTests` proves that it does), without the fifth of a second that it needs for
  /// it in a debug build. Values that begin with a dash are what it may see differently: those go through it.
  private static func parsed(_ arguments: [String]) throws -> LoadArguments {
    if zip(arguments, arguments.dropFirst()).contains(where: { $0.hasPrefix("-") && $1.hasPrefix("-") }) {
      return try LoadArguments.parse(arguments)
    }
    guard var parsed = blank else { return try LoadArguments.parse(arguments) }
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      guard flag.hasPrefix("-") else {
        parsed.target.urls.append(flag)
        continue
      }
      if flag.hasPrefix("--embedded=") {
        parsed.target.embedded = String(flag.dropFirst("--embedded=".count))
        continue
      }
      let value = rest.popFirst()
      set(flag, try #require(value), &parsed)
    }
    return parsed
  }

  private static let blank = try? LoadArguments.parse([])

  private static func set(_ flag: String, _ value: String, _ parsed: inout LoadArguments) {
    switch flag {
    case "-c": parsed.load.concurrency = value
    case "-n": parsed.load.streams = value
    case "-z": parsed.load.duration = value
    case "--grace": parsed.load.grace = value
    case "--seed": parsed.load.seed = value
    case "--threads": parsed.load.threads = value
    case "-t": parsed.network.maxTime = value
    case "-m": parsed.request.method = value
    case "-H": parsed.request.headers.append(value)
    case "-d": parsed.request.data = value
    case "-D": parsed.request.dataFile = value
    case "--validate": parsed.judging.validate = value
    case "--reference-memory": parsed.judging.referenceMemory = value
    case "--embedded": parsed.target.embedded = value
    case "--lab-concurrency": parsed.target.labConcurrency = value
    case "--expect": parsed.judging.expect = value
    case "--expect-status": parsed.judging.expectStatus = value
    case "--expect-header": parsed.judging.expectHeaders.append(value)
    case "--expect-sha256": parsed.judging.expectSHA256 = value
    case "--expect-length": parsed.judging.expectLength = value
    case "--expect-sha256-decoded": parsed.judging.expectDecodedSHA256 = value
    case "--expect-length-decoded": parsed.judging.expectDecodedLength = value
    case "--slow-start": parsed.judging.slowStart = value
    case "--silent-gap": parsed.judging.silentGap = value
    case "--threshold": parsed.judging.thresholds.append(value)
    case "--abort-delay": parsed.judging.abortDelay = value
    case "--abort-min-streams": parsed.judging.abortMinimumStreams = value
    case "--watch-pid": parsed.judging.watchPid = value
    case "--watch-url": parsed.judging.watchURL = value
    default: Issue.record("no field for \(flag)")
    }
  }

  @Test func secretsOfAnIllFormedHeaderAreMasked() throws {
    let parsed = try LoadArguments.parse(["-H", "Authorization: Basic c2VjcmV0\n", "http://h/"])
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan(.gzload) }
    #expect(failure?.message == "-H Authorization: ***: a header has no line breaks or control characters")
  }

  @Test(arguments: [
    (
      ["--output-format", "xml"],
      "--output-format xml: choose text, json, ndjson, csv, junit, html, markdown, prometheus, hgrm or quiet"
    ),
    (["--output-format", "json="], "--output-format json=: no file after the ="),
    (["--output-format", "quiet=f"], "--output-format quiet=f: quiet writes no report, so it takes no file"),
    (
      ["-o", "f", "--output-format", "json=f"],
      "--output-format: two reports go to f; give each its own"
    ),
    (
      ["--output-format", "text", "--output-format", "json"],
      "--output-format json: -o has a format already; write json=FILE for one more"
    ),
    (["--output-format", "quiet", "-o", "f"], "-o f: --output-format quiet writes no report; drop one of them"),
  ])
  func outputs(arguments: [String], line: String) throws {
    let parsed = try OutputArguments.parse(arguments)
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan() }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }

  /// Whatever a file is called: what is written last would be all that is left of both.
  @Test func oneFileUnderTwoNamesIsOneFile() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("there", "x")
    try #require(symlink("there", "\(folder.path)/link") == 0 && mkdir("\(folder.path)/d", 0o755) == 0)
    func refusal(_ one: String, _ other: String) throws -> String? {
      let typed = ["-o", "\(folder.path)/\(one)", "--output-format", "json=\(folder.path)/\(other)"]
      let arguments = try OutputArguments.parse(typed)
      do throws(ToolFailure) {
        _ = try arguments.plan()
        return nil
      } catch {
        return error.message
      }
    }
    for (one, other) in [
      ("x1", "./x1"), ("d/../x1", "x1"), ("there", "link"), ("link", "d//../there"), ("d/new", "./d/new"),
    ] {
      let line = try #require(try refusal(one, other), "\(one) \(other)")
      #expect(line.hasPrefix("--output-format: two reports go to "), "\(line)")
    }
    for (one, other) in [("x1", "x2"), ("there", "x1"), ("d/x1", "x1")] { #expect(try refusal(one, other) == nil) }
    // The record too.
    var report = OutputPlan.Report(format: .json)
    report.file = "\(folder.path)/x1"
    let failure = #expect(throws: ToolFailure.self) {
      _ = try LiveOutputs(
        plan: LoadPlan(urls: ["http://127.0.0.1/"]), reports: [report],
        observation: ObservationPlan(record: "\(folder.path)/./x1"), lab: nil, toolName: "gzload", ownsScreen: false)
    }
    #expect(failure?.exit == .usage && failure?.message.hasSuffix("a report goes there too; give each its own") == true)
  }

  @Test func outputPlan() throws {
    let plain = try OutputArguments.parse([]).plan()
    #expect(plain == OutputPlan())
    var wanted = OutputPlan()
    wanted.reports = [OutputPlan.Report(format: .json, file: "r.json")]
    wanted.output = "r.json"
    wanted.progress = false
    wanted.colorAllowed = false
    let typed = ["-o", "r.json", "--output-format", "json", "--no-progress", "--no-color"]
    #expect(try OutputArguments.parse(typed).plan() == wanted)
    #expect(try OutputArguments.parse(["-o", "-"]).plan().reports == [OutputPlan.Report(format: .text)])
  }

  @Test(
    "-o, --output-format and FORMAT=FILE",
    arguments: [
      ([], ["text -"]), (["-o", "f"], ["text f"]), (["--output-format", "json"], ["json -"]),
      (["--output-format", "json=j"], ["text -", "json j"]), (["--output-format", "json=-"], ["json -"]),
      (["-o", "json=-"], ["json -"]), (["-o", "f", "--output-format", "json=-"], ["text f", "json -"]),
      (["--output-format", "quiet", "--output-format", "json=j"], ["json j"]), (["--output-format", "quiet"], []),
      (["-o", "f=1"], ["text f=1"]),
    ])
  func reports(arguments: [String], expected: [String]) throws {
    let reports = try OutputArguments.parse(arguments).plan().reports
    #expect(reports.map { "\($0.format.rawValue) \($0.file ?? "-")" } == expected)
  }
}
