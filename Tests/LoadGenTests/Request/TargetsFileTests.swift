import Testing
import ToolSupport

@testable import LoadGen

@Suite struct TargetsFileTests {
  private func parse(_ text: String) throws -> [LoadTarget] {
    var reader = TargetsFile(
      file: "t.txt",
      readBody: { path, mayHold throws(ToolFailure) -> RequestContent in
        guard path != "missing" else {
          throw OptionText.refusal("body", path, "cannot be read: No such file or directory")
        }
        return mayHold ? .bytes(Array(path.utf8)) : .file(path: path, length: 9)
      })
    return try reader.parse(Array(text.utf8))
  }

  @Test func urlsOneALine() throws {
    let targets = try parse("# the first\nhttp://h/a\n\n  https://h/b?x=1#part  \r\n\nhttp://h/{seq}")
    #expect(targets.map(\.url) == ["http://h/a", "https://h/b?x=1", "http://h/{seq}"])
    #expect(targets.allSatisfy { $0.method == nil && $0.headers.isEmpty && $0.body == nil && $0.weight == 1 })
  }

  @Test func theFormatOfVegeta() throws {
    let targets = try parse(
      """
      # as in its manual
      GET http://goku:9090/path/to/dragon?item=ball
      User-Agent: me
      X-Account-ID: 8675309

      POST http://goku:9090/things
      Content-Type: application/json
      # between
      Referer: http://elsewhere/
      @body.json
      DELETE http://goku:9090/path/to/remove
      HEAD\thttp://goku:9090/path/to/success
      """)
    #expect(targets.map(\.method) == ["GET", "POST", "DELETE", "HEAD"])
    #expect(targets[0].headers == ["User-Agent: me", "X-Account-ID: 8675309"])
    #expect(targets[1].headers == ["Content-Type: application/json", "Referer: http://elsewhere/"])
    #expect(targets[1].body == .bytes(Array("body.json".utf8)))
    #expect(targets[3].url == "http://goku:9090/path/to/success" && targets[3].body == nil)
  }

  @Test func weightsAreComments() throws {
    let targets = try parse("#weight: 3\nhttp://h/a\nhttp://h/b\n# Weight : 1000\n\n# more\nPUT http://h/c\n")
    #expect(targets.map(\.weight) == [3, 1, 1000])
  }

  @Test(arguments: [
    ("", "-f t.txt: no target in it; write a URL a line, or METHOD URL and its header fields"),
    ("# nothing\n\n", "-f t.txt: no target in it; write a URL a line, or METHOD URL and its header fields"),
    ("http://h/\nftp://h/\n", "-f t.txt:2: ftp://h/: ftp:// is not spoken here; use http:// or https://"),
    ("example.com", "-f t.txt:1: example.com: no scheme; did you mean http://example.com?"),
    ("GET h/", "-f t.txt:1: h/: no scheme; did you mean http://h/?"),
    ("CONNECT http://h/", "-f t.txt:1: method CONNECT: asks for a tunnel, which has no body to judge"),
    ("GET http://h/\nAccept", "-f t.txt:2: header Accept: no colon; write 'header Name: value' in quotes"),
    ("GET http://h/\nA: b\na: c", "-f t.txt:3: header a: given twice; join the values with a comma"),
    (
      "GET http://h/\nContent-Length: 3",
      "-f t.txt:2: header Content-Length: set from the body by the tool itself; give the body with -d or -D"
    ),
    ("POST http://h/\n@missing", "-f t.txt:2: body missing: cannot be read: No such file or directory"),
    ("POST http://h/\n@a\n@b", "-f t.txt:3: @b: a target has one body"),
    ("HEAD http://h/\n@a", "-f t.txt:2: HEAD sends no body; choose another method"),
    ("# weight: 0\nhttp://h/", "-f t.txt:1: weight 0: must be a whole number from 1 to 1000"),
    ("#weight:1001", "-f t.txt:1: weight 1001: must be a whole number from 1 to 1000"),
    ("http://h/\n# weight: 2", "-f t.txt:2: a weight, and no target after it"),
    (
      "http://u:p@h/",
      "-f t.txt:1: http://***@h/: user and password do not belong in a URL; send them with -u USER:PASSWORD"
    ),
  ])
  func faults(_ text: String, _ line: String) throws {
    let failure = #expect(throws: ToolFailure.self) { try parse(text) }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }

  @Test func targetsAreBounded() throws {
    let failure = #expect(throws: ToolFailure.self) { try parse(String(repeating: "http://h/\n", count: 100_001)) }
    #expect(failure?.message.hasPrefix("-f t.txt:100001: more than 100000 targets") == true)
  }

  /// The same file is read once; beyond the limit files are left to the streams.
  @Test func bodiesAreHeldOnceAndBounded() throws {
    var reads: [String] = []
    let size = 1 << 20
    var reader = TargetsFile(
      file: "t",
      readBody: { path, mayHold throws(ToolFailure) -> RequestContent in
        reads.append(path)
        return mayHold ? .bytes([UInt8](repeating: 0, count: size)) : .file(path: path, length: Int64(size))
      })
    let text = (0..<70).map { "PUT http://h/\n@f\($0)\n\nPUT http://h/\n@f\($0)\n" }.joined(separator: "\n")
    let targets = try reader.parse(Array(text.utf8))
    #expect(targets.count == 140 && reads.count == 70)
    let held = targets.count { if case .bytes = $0.body { true } else { false } }
    #expect(held == 128)
  }
}
