import Testing
import ToolSupport

@testable import LoadGen

@Suite struct JUnitTests {
  /// Well-formed, of the shape that GitLab and Jenkins read, and with counts that are right.
  @Test func everyReportIsOfTheKnownShape() throws {
    var allowed = SampleResults.failed
    allowed.plan.thresholds = []
    allowed.counters.missedExpectations = [:]
    let results = [
      SampleResults.empty, SampleResults.passed, SampleResults.failed, SampleResults.naive, SampleResults.refused,
      SampleResults.hostile, allowed,
    ]
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (index, result) in results.enumerated() {
      try folder.write("\(index).xml", JUnitReport(RunReport(result)).text())
    }
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.reader, folder.path])
    #expect(run.errors == "")
    // File, cases, failures, errors.
    #expect(
      run.output == """
        0.xml 22 2 1
        1.xml 22 0 0
        2.xml 23 4 0
        3.xml 23 3 0
        4.xml 22 2 1
        5.xml 24 7 0
        6.xml 20 0 0

        """)
  }

  @Test func failuresSayWhatAndWhatToDo() throws {
    let text = JUnitReport(RunReport(SampleResults.failed)).text()
    #expect(text.contains(#"<testcase classname="gzload.gzip" name="no body truncated" time="0">"#))
    #expect(text.contains(#"<failure message="10 of 200 streams" type="truncated">the gzip stream stops before"#))
    #expect(text.contains("stream 12: truncated, status 200\nhttp://127.0.0.1:8080/b\nContent-Encoding: gzip"))
    #expect(text.contains("Set-Cookie: ***"))
    #expect(text.contains(#"name="stream_failed:rate == 0" time="0">"#))
    #expect(text.contains(#"<failure message="was 5.5%" type="threshold">10 × truncated: "#))
    #expect(text.contains(#"<testcase classname="gzload.expectation" name="header Vary" time="0">"#))
    let naive = JUnitReport(RunReport(SampleResults.naive)).text()
    #expect(naive.contains(#"<testcase classname="gzload.cause" name="no 502 length_and_chunked" time="0">"#))
  }

  /// The exit code is 0 where thresholds allow failures: nothing may be red then, and the streams are told all the same.
  @Test func whatThresholdsAllowIsNoFailure() throws {
    var result = SampleResults.failed
    result.plan.thresholds = []
    result.counters.missedExpectations = [:]
    let report = RunReport(result)
    #expect(report.exit == .passed)
    let text = JUnitReport(report).text()
    #expect(!text.contains("<failure") && !text.contains("<error"))
    #expect(text.contains("<system-out>10 of 200 streams, which the thresholds allow\n"))
  }

  @Test func anInterruptedRunIsAnError() {
    var result = SampleResults.passed
    result.interrupted = true
    #expect(JUnitReport(RunReport(result)).text().contains("<error message=\"interrupted: the plan was not finished"))
  }

  /// Names stay the same from run to run, whatever happened, so that a CI system can follow a case.
  @Test func namesDoNotDependOnTheOutcome() {
    func names(_ result: RunResult) -> Set<String> {
      let text = JUnitReport(RunReport(result)).text()
      return Set(text.matches(of: /<testcase classname="([^"]+)" name="([^"]+)"/).map { "\($0.1) \($0.2)" })
    }
    let passed = names(SampleResults.passed)
    #expect(passed.isSubset(of: names(SampleResults.failed)))
    #expect(passed.isSubset(of: names(SampleResults.naive)))
    #expect(passed.count == 22)
  }

  @Test func everyExpectationIsACaseAlsoWhenItIsMet() {
    var result = SampleResults.passed
    result.plan.expectations.decodedSHA256 = String(repeating: "a", count: 64)
    result.plan.expectations.decodedLength = 5
    result.plan.expectations.sha256 = String(repeating: "b", count: 64)
    result.plan.expectations.length = 5
    result.plan.expectations.gzip = true
    let text = JUnitReport(RunReport(result)).text()
    for name in ["gzip", "sha256", "length", "sha256-decoded", "length-decoded"] {
      #expect(text.contains("<testcase classname=\"gzload.expectation\" name=\"\(name)\" time=\"0\"/>"), "\(name)")
    }
  }

  @Test func framesAloneMakeNoGzipCases() {
    var result = SampleResults.passed
    result.plan.validation = .frame
    #expect(!JUnitReport(RunReport(result)).text().contains("gzload.gzip"))
  }

  private static let reader = """
    import glob, os, re, sys
    import xml.etree.ElementTree as tree
    def fields(element, required, optional=()):
        assert set(required) <= set(element.attrib), (element.tag, element.attrib)
        assert set(element.attrib) <= set(required) | set(optional), (element.tag, element.attrib)
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.xml"))):
        root = tree.parse(path).getroot()
        counts = ["tests", "failures", "errors", "skipped", "time"]
        assert root.tag == "testsuites" and len(root) == 1
        fields(root, ["name"] + counts)
        suite = root[0]
        assert suite.tag == "testsuite"
        fields(suite, ["name", "timestamp"] + counts)
        assert re.fullmatch(r"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d", suite.get("timestamp"))
        assert suite[0].tag == "properties" and len(suite[0]) > 5
        for item in suite[0]:
            assert item.tag == "property"
            fields(item, ["name", "value"])
        cases = suite[1:]
        failures = errors = 0
        seen = set()
        for case in cases:
            assert case.tag == "testcase" and len(case) <= 1
            fields(case, ["classname", "name", "time"])
            float(case.get("time"))
            key = (case.get("classname"), case.get("name"))
            assert key not in seen, key
            seen.add(key)
            for child in case:
                assert child.tag in ("failure", "error", "system-out"), child.tag
                if child.tag != "system-out":
                    fields(child, ["message", "type"])
                assert len(child) == 0
                failures += child.tag == "failure"
                errors += child.tag == "error"
        for element in (root, suite):
            assert int(element.get("tests")) == len(cases)
            assert int(element.get("failures")) == failures and int(element.get("errors")) == errors
            assert abs(sum(float(case.get("time")) for case in cases) - float(element.get("time"))) < 0.001
        print(os.path.basename(path), len(cases), failures, errors)
    """
}
