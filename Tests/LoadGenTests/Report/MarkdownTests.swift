import Testing

@testable import LoadGen

@Suite struct MarkdownTests {
  @Test func theVerdictIsTheFirstLine() {
    func first(_ result: RunResult) -> String? {
      MarkdownSummary(RunReport(result)).text().split(separator: "\n").first.map(String.init)
    }
    #expect(first(SampleResults.passed) == "### ✅ gzload passed: 200 streams, 0 failed, in 4s")
    #expect(first(SampleResults.failed) == "### ❌ gzload failed: 200 streams, 11 failed, in 4s")
    #expect(first(SampleResults.refused) == "### ❌ gzload could not tell: 200 streams, 200 failed, in 500ms")
    var interrupted = SampleResults.passed
    interrupted.interrupted = true
    #expect(
      first(interrupted) == "### ⚠️ gzload was interrupted: 200 streams, 0 failed, in 4s; the plan was not finished")
  }

  @Test func whatFailedHasItsAdviceAndItsProof() {
    let text = MarkdownSummary(RunReport(SampleResults.naive)).text()
    #expect(text.contains("| ❌ failed | `stream_failed:rate == 0` | 100% |"))
    #expect(
      text.contains(
        "| `502 length_and_chunked` | 200 | the upstream sent Content-Length beside Transfer-Encoding; fix the proxy"))
    #expect(text.contains("<details><summary>Evidence: 502 length\\_and\\_chunked, stream 1</summary>\n\n```text\n"))
    #expect(text.contains("{\"title\":\"Bad Gateway\"}"))
    #expect(MarkdownSummary(RunReport(SampleResults.passed)).text().contains("| `ttlb` | 10ms | 1.01s | 1s | 1.8s |"))
  }

  @Test func itNeverGetsLongerThanItsPlace() {
    let text = MarkdownSummary(RunReport(SampleResults.enormous)).text()
    #expect(text.utf8.count <= MarkdownSummary.maximumBytes)
    #expect(text.utf8.count > MarkdownSummary.maximumBytes / 2)
    #expect(text.hasSuffix("_The summary ends here: its place is full. The JSON report has everything._\n"))
    #expect(!MarkdownSummary(RunReport(SampleResults.hostile)).text().contains("its place is full"))
  }

  /// Every table keeps its columns, nothing outside of code is a link, a mention or HTML of others.
  @Test func nothingFromTargetsIsMarkup() {
    for result in [SampleResults.hostile, SampleResults.enormous, SampleResults.failed, SampleResults.naive] {
      let text = MarkdownSummary(RunReport(result)).text()
      #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" || $0 == "\u{2028}" })
      var (columns, fence) = (0, "")
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if !fence.isEmpty {
          if line == fence { fence = "" }
          continue
        }
        if line.wholeMatch(of: /`{3,}text/) != nil { fence = String(line.dropLast(4)) }
        let bare = Self.withoutCode(line)
        if line.hasPrefix("|") {
          let cells = Self.cells(bare)
          if columns > 0 { #expect(cells == columns, "\(line)") }
          columns = cells
        } else {
          columns = 0
        }
        if fence.isEmpty {
          let ours = bare.replacing(/\\./, with: "").replacing(/<\/?(details|summary)>/, with: "")
          #expect(!ours.contains("<") && !ours.contains("@") && !ours.contains("`"), "\(line)")
          #expect(!ours.contains("["), "\(line)")
        }
      }
      #expect(fence.isEmpty)
    }
  }

  @Test func codeSpansHoldAnything() {
    #expect(MarkdownText.code("a") == "`a`")
    #expect(MarkdownText.code("a`b``c") == "```a`b``c```")
    #expect(MarkdownText.code("`") == "`` ` ``")
    #expect(MarkdownText.code("a|b") == "`a\\|b`")
    #expect(MarkdownText.code("a\\|b") == "`a\\¦b`")
    #expect(MarkdownText.code("a\nb") == "`a\u{FFFD}b`")
    #expect(MarkdownText.code("") == "")
    #expect(MarkdownText.block(["a", "````"]) == ["`````text", "a", "````", "`````"])
    #expect(MarkdownText.words("<b>@me [x](y) a_b|`c`") == "&lt;b&gt;&#64;me \\[x\\](y) a\\_b\\|\\`c\\`")
  }

  /// As CommonMark reads it: a run of backticks ends at the next run of the same length. Escaped ones open nothing.
  private static func withoutCode(_ line: String) -> String {
    var (out, rest) = ("", Substring(line))
    while let character = rest.first {
      if character == "\\" {
        out += rest.prefix(2)
        rest = rest.dropFirst(2)
        continue
      }
      let run = rest.prefix { $0 == "`" }
      guard !run.isEmpty else {
        out.append(character)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(run.count)
      var inside = rest
      var found = false
      while !inside.isEmpty, !found {
        inside = inside.drop { $0 != "`" }
        let other = inside.prefix { $0 == "`" }
        inside = inside.dropFirst(other.count)
        if other.count == run.count { found = true }
      }
      if found {
        // Bars count in a table even inside of code.
        let code = rest.prefix(upTo: inside.startIndex)
        out += code.replacing("\\|", with: "").filter { $0 == "|" }
        rest = inside
      } else {
        out += run
      }
    }
    return out
  }

  private static func cells(_ bare: String) -> Int { bare.replacing("\\|", with: "").filter { $0 == "|" }.count }
}
