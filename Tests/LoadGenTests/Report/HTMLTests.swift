import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct HTMLTests {
  private static let all = [
    SampleResults.empty, SampleResults.passed, SampleResults.failed, SampleResults.naive, SampleResults.refused,
    SampleResults.hostile, SampleResults.enormous,
  ]

  /// Every tag is ours and closed where it belongs, no attribute runs or loads anything, whatever targets sent.
  @Test func everyPageIsWellFormedAndHarmless() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for (index, result) in Self.all.enumerated() {
      try folder.write("\(index).html", HTMLReport(RunReport(result)).text())
    }
    let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.reader, folder.path])
    #expect(run.errors == "")
    #expect(run.output == "\(Self.all.count) pages are well-formed\n")
  }

  @Test func theReaderAboveNoticesWhatIsWrong() throws {
    let good = HTMLReport(RunReport(SampleResults.hostile)).text()
    for bad in ["<script>1</script>", "<b onclick=\"x\">a</b>", "<a href=\"x\">a</a>", "<div>", "</div>", "<img>"] {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      try folder.write("0.html", good.replacing("<footer>", with: bad + "<footer>"))
      let run = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.reader, folder.path])
      #expect(run.exit != 0, "\(bad)")
    }
  }

  @Test func itNeverGetsLargerThanItsPlace() {
    let text = HTMLReport(RunReport(SampleResults.enormous)).text()
    #expect(text.utf8.count <= HTMLReport.maximumBytes)
    #expect(text.firstMatch(of: /[0-9]+ more pieces have no room here/) != nil)
    #expect(text.hasSuffix("</html>\n"))
    #expect(!HTMLReport(RunReport(SampleResults.hostile)).text().contains("have no room here"))
  }

  @Test func failedConditionsComeFirst() throws {
    let text = HTMLReport(RunReport(SampleResults.naive)).text()
    let failed = try #require(text.firstRange(of: "✗ failed</span></td><td><code>stream_failed:rate == 0"))
    let passed = try #require(text.firstRange(of: "✓ passed</span></td><td><code>gzip_invalid:rate == 0"))
    let charts = text.firstRange(of: "id=\"outcomes\"")
    #expect(failed.lowerBound < passed.lowerBound)
    #expect(try #require(charts).lowerBound > passed.lowerBound)
  }

  @Test func whatChartsShowIsSaidInWords() {
    var result = SampleResults.failed
    result.series = SampleResults.series
    let text = HTMLReport(RunReport(result)).text()
    #expect(text.contains("Streams failed from 7m30s on, most of them (6) at 7m34s."))
    #expect(text.contains("The target used 20.4 MiB to 31.4 MiB."))
    #expect(text.contains("Half of 200 whole streams took at most 1s, nine of ten 1.8s"))
    #expect(text.contains("worst at 5m20s."))
    #expect(text.contains("<table id=\"series\">"))
  }

  @Test func bytesAreShownAsTheyCame() {
    #expect(HexDump.text([]) == "")
    let blanks = String(repeating: " ", count: 23 - 8 + 2 + 23 + 2)
    #expect(HexDump.text([0x1F, 0x8B, 0x3C]) == "0000  1f 8b 3c\(blanks)..&lt;")
    #expect(HexDump.text([UInt8](repeating: 0x41, count: 17)).split(separator: "\n").count == 2)
    let text = HTMLReport(RunReport(SampleResults.failed)).text()
    #expect(
      text.contains("0000  1f 8b 08 00") && text.contains("<pre>deadbeef</pre>") && !text.contains("session=secret"))
  }

  private static let reader = """
    import glob, html.parser, os, sys
    VOID = {"meta", "br"}
    TAGS = set("html head meta title style body main header section h1 h2 h3 h4 p span b small div code pre br table thead"
               " tbody tr th td ul li details summary figure figcaption footer svg g path rect text circle".split())
    FIELDS = set("lang charset http-equiv content name class id aria-hidden aria-label role viewbox preserveaspectratio"
                 " d x y cx cy r width height".split())
    class Reader(html.parser.HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []
        def handle_starttag(self, tag, fields):
            assert tag in TAGS, (tag, self.getpos())
            for name, value in fields:
                assert name in FIELDS, (tag, name, self.getpos())
            if tag not in VOID:
                self.open.append(tag)
        def handle_endtag(self, tag):
            assert self.open and self.open.pop() == tag, (tag, self.getpos())
        def handle_comment(self, text):
            raise AssertionError("a comment")
        def unknown_decl(self, text):
            raise AssertionError("a declaration")
    names = sorted(glob.glob(os.path.join(sys.argv[1], "*.html")))
    for name in names:
        with open(name, encoding="utf-8", newline="") as file:
            text = file.read()
        assert not any(ord(c) < 32 and c != "\\n" or c in "\\u202e\\u2028\\ufffe" for c in text), name
        reader = Reader()
        reader.feed(text)
        reader.close()
        assert reader.open == [], (name, reader.open)
    print(len(names), "pages are well-formed")
    """
}

/// The page as a browser shows it.
@Suite(.serialized, .enabled(if: Chromium.isWanted)) struct HTMLBrowserTests {
  @Test func itShowsTheFiguresAndAsksForNothing() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("page.html", HTMLReport(RunReport(SampleResults.hostile)).text())
    let run = try Chromium.run(["--dump-dom", "file://\(folder.path)/page.html"])
    #expect(run.exit == 0)
    // A script that ran, a style that was refused, a picture that was not there: all of it would be told here.
    #expect(!run.errors.contains("CONSOLE"), "\(run.errors)")
    let page = run.output
    #expect(page.contains("<p class=\"verdict\" id=\"verdict\">") && page.contains("Failed</p>"))
    #expect(page.contains("<b>200</b>") && page.contains("<b>11</b>"))
    #expect(page.contains("<svg class=\"chart\"") && page.contains("<path class=\"line s1\""))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<a "))
  }

  @Test func aBrokenPageWouldBeNoticed() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let page = HTMLReport(RunReport(SampleResults.passed)).text()
    try folder.write("page.html", page.replacing("<footer>", with: "<p style=\"color:red\">x</p><footer>"))
    let run = try Chromium.run(["--dump-dom", "file://\(folder.path)/page.html"])
    #expect(run.errors.contains("CONSOLE") && run.errors.contains("Content Security Policy"))
  }

  /// The first pixel is the page's ground; a picture of a few colours would be small.
  @Test(arguments: [("1", "255 255 255"), ("0", "18 22 27")])
  func itIsDrawnInLightAndInDark(scheme: String, ground: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var result = SampleResults.failed
    result.series = SampleResults.series
    try folder.write("page.html", HTMLReport(RunReport(result)).text())
    let run = try Chromium.run([
      "--blink-settings=preferredColorScheme=\(scheme)", "--window-size=1000,3000",
      "--screenshot=\(folder.path)/page.png", "file://\(folder.path)/page.html",
    ])
    #expect(!run.errors.contains("CONSOLE"), "\(run.errors)")
    let pixel = try ToolRun(executable: "/usr/bin/python3", ["-c", Self.pixels, "\(folder.path)/page.png"])
    #expect(pixel.errors == "")
    let words = pixel.output.split(separator: "\n").map(String.init)
    #expect(words.first == ground)
    #expect(try #require(Int(words.last ?? "")) > 100_000)
  }

  /// The first pixel, and the size of the file in bytes.
  private static let pixels = """
    import os, struct, sys, zlib
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IDAT":
            packed += data[at + 8:at + 8 + size]
        at += size + 12
    print(*zlib.decompressobj().decompress(packed, 4)[1:4])
    print(len(data))
    """
}

private enum Chromium {
  static var path: String? {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first { access($0, X_OK) == 0 }
  }

  /// Elsewhere than on Linux nobody is made to install one.
  static var isWanted: Bool {
    #if os(Linux)
      true
    #else
      path != nil
    #endif
  }

  static func run(_ arguments: [String]) throws -> ToolRun {
    let browser = try #require(path, "chromium is missing: Scripts/deps.sh --test")
    let folder = try ProfileFolder()
    defer { folder.remove() }
    return try ToolRun(
      executable: browser,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--hide-scrollbars", "--enable-logging=stderr", "--user-data-dir=\(folder.path)",
      ] + arguments)
  }
}

/// What a browser leaves behind has folders in it.
private struct ProfileFolder {
  let path: String

  init() throws { path = try TemporaryFolder().path }

  func remove() { _ = try? ToolRun(executable: "/bin/rm", ["-rf", path]) }
}
