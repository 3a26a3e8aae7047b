import Foundation
import Testing

/// A day in the life of gzproxy: the clients that people really use, before a real nginx with real files.
@Suite("A day in the life") struct DayInTheLifeTests {
  private let curl = "/usr/bin/curl"

  @Test("curl: plain, as gzip, and decoded") func plain() async throws {
    try await withWebsite { site in
      let (book, zipped) = (try contents(site, "book.txt"), try contents(site, "book.txt.gz"))
      #expect(try await fetch(site, "book.txt") == book)
      #expect(try await fetch(site, "book.txt", ["-H", "Accept-Encoding: gzip"]) == zipped)
      #expect(try await fetch(site, "book.txt", ["--compressed"]) == book)
      let archive = try contents(site, "archive.bin.gz")
      #expect(try await fetch(site, "archive.bin.gz") == archive)
    }
  }

  @Test("curl: HEAD tells of the body without one") func head() async throws {
    try await withWebsite { site in
      let head = try await fields(site, "book.txt", ["-I", "-H", "Accept-Encoding: gzip"])
      #expect(head.status == 200)
      #expect(head["content-encoding"] == "gzip")
      #expect(head["vary"] == "Accept-Encoding")
      let zipped = try contents(site, "book.txt.gz")
      #expect(head["content-length"] == String(zipped.count))
    }
  }

  @Test("curl: what the client has is 304, by tag and by date") func conditional() async throws {
    try await withWebsite { site in
      let full = try await fields(site, "archive.bin.gz", ["-I"])
      let tag = try #require(full["etag"])
      let date = try #require(full["last-modified"])
      let byTag = try await fields(site, "archive.bin.gz", ["-H", "If-None-Match: \(tag)"])
      #expect(byTag.status == 304)
      #expect(byTag["etag"] == tag)
      #expect(try await fields(site, "archive.bin.gz", ["-H", "If-Modified-Since: \(date)"]).status == 304)
      #expect(try await fields(site, "archive.bin.gz", ["-H", "If-None-Match: \"other\""]).status == 200)
    }
  }

  @Test("curl: ranges are 206 with exactly those bytes, and 416 beyond the end") func ranges() async throws {
    try await withWebsite { site in
      let whole = try contents(site, "archive.bin.gz")
      let tag = try #require(try await fields(site, "archive.bin.gz", ["-I"])["etag"])
      let part = try await fields(site, "archive.bin.gz", ["-r", "1000-200999", "-H", "If-Range: \(tag)"])
      #expect(part.status == 206)
      #expect(part["content-range"] == "bytes 1000-200999/\(whole.count)")
      #expect(try await fetch(site, "archive.bin.gz", ["-r", "1000-200999"]) == whole[1000..<201_000])
      #expect(try await fetch(site, "archive.bin.gz", ["-r", "-77"]) == whole.suffix(77))
      let beyond = try await fields(site, "archive.bin.gz", ["-r", "\(whole.count)-"])
      #expect(beyond.status == 416)
      #expect(beyond["content-range"] == "bytes */\(whole.count)")
    }
  }

  @Test(
    "a download that broke off goes on where it stopped",
    arguments: [["curl", "-sS", "--fail", "-C", "-", "-o"], ["wget", "-q", "-c", "-O"]])
  func resume(_ command: [String]) async throws {
    try await withWebsite { site in
      let folder = try site.downloads()
      defer { try? FileManager.default.removeItem(at: folder) }
      let file = folder.appendingPathComponent("archive.bin.gz")
      // The reader goes away in the middle, and the client with it.
      let broken = try await Tool.run(
        "/bin/sh", ["-c", "curl -sS '\(site.url)/archive.bin.gz' 2>/dev/null | head -c 1500000 > '\(file.path)'"])
      #expect(broken.exit == 0)
      #expect(try Data(contentsOf: file).count == 1_500_000)
      let tool = try #require(Products.system(command[0]), "\(command[0]) is missing: Scripts/deps.sh --test")
      let resumed = try await Tool.run(tool, command.dropFirst() + [file.path, site.url + "/archive.bin.gz"])
      #expect(resumed.exit == 0, "\(resumed.standardError)")
      let whole = try contents(site, "archive.bin.gz")
      #expect(try Data(contentsOf: file) == whole)
    }
  }

  @Test("wget: the same file") func wget() async throws {
    try await withWebsite { site in
      let tool = try #require(Products.system("wget"), "wget is missing: Scripts/deps.sh --test")
      let got = try await Tool.run(tool, ["-q", "-O", "-", site.url + "/book.txt"])
      #expect(got.exit == 0)
      let book = try contents(site, "book.txt")
      #expect(got.standardOutput == book)
    }
  }

  @Test("Python requests: raw bytes are the file's, decoded ones the text's") func requests() async throws {
    try await withWebsite { site in
      let script = """
        import hashlib, requests, sys
        url = sys.argv[1]
        raw = requests.get(url, stream=True).raw
        print(raw.headers['Content-Encoding'], hashlib.sha256(raw.read(decode_content=False)).hexdigest())
        session = requests.Session()
        for _ in range(3): print(hashlib.sha256(session.get(url).content).hexdigest())
        """
      let run = try await Tool.run("/usr/bin/python3", ["-c", script, site.url + "/book.txt"])
      #expect(run.exit == 0, "python3-requests is needed: \(run.standardError)")
      let decoded = try await digest(site, "book.txt")
      let zipped = try await digest(site, "book.txt.gz")
      let wanted = ["gzip \(zipped)", decoded, decoded, decoded]
      #expect(run.output.split(separator: "\n").map(String.init) == wanted)
    }
  }

  @Test("Chromium: shows the page that came as gzip, and downloads a .gz as it is", .enabled(if: Browser.isWanted))
  func chromium() async throws {
    try await withWebsite { site in
      let folder = try site.downloads()
      defer { try? FileManager.default.removeItem(at: folder) }
      let browser = try #require(Browser.path, "chromium is missing: Scripts/deps.sh --test")
      let run = try await Tool.run(
        browser,
        [
          "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
          // Time that passes only while nothing is being loaded: the dump waits for the download.
          "--virtual-time-budget=20000", "--user-data-dir=\(folder.path)", "--dump-dom", site.url + "/page.html",
        ])
      #expect(run.output.contains("<title>life</title>"), "\(run.standardError)")
      let digest = try await digest(site, "archive.bin.gz")
      #expect(run.output.contains("sha256 \(digest)"), "\(run.output)")
    }
  }

  // MARK: What the tests share

  private func withWebsite(_ body: (Website) async throws -> Void) async throws {
    let site = try await Website.start()
    defer { site.stop() }
    try await body(site)
  }

  private func contents(_ site: Website, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: site.file(name)))
  }

  private func fetch(_ site: Website, _ name: String, _ options: [String] = []) async throws -> Data {
    let run = try await Tool.run(curl, ["-sS", "--fail"] + options + [site.url + "/" + name])
    #expect(run.exit == 0, "\(run.standardError)")
    return run.standardOutput
  }

  private func fields(_ site: Website, _ name: String, _ options: [String]) async throws -> Fields {
    let run = try await Tool.run(curl, ["-sS", "-D", "-", "-o", "/dev/null"] + options + [site.url + "/" + name])
    #expect(run.exit == 0, "\(run.standardError)")
    return Fields(run.output)
  }

  private func digest(_ site: Website, _ name: String) async throws -> String {
    String(try await Tool.run("/usr/bin/env", ["sha256sum", site.file(name)]).output.prefix(64))
  }

  /// A response head as curl dumps it.
  private struct Fields {
    let status: Int
    private let values: [String: String]

    init(_ text: String) {
      let lines = text.split(whereSeparator: \.isNewline)
      status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
      let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
        guard let colon = line.firstIndex(of: ":") else { return nil }
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        return (line[..<colon].lowercased(), value)
      }
      values = Dictionary(pairs) { first, _ in first }
    }

    subscript(_ name: String) -> String? { values[name] }
  }

  private enum Browser {
    static var path: String? {
      ["chromium", "chromium-browser", "google-chrome"].lazy.compactMap(Products.system).first
    }

    /// Elsewhere than on Linux nobody is made to install one.
    static var isWanted: Bool {
      #if os(Linux)
        true
      #else
        path != nil
      #endif
    }
  }
}
