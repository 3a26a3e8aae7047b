import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `-o` onto what a report can, and what it cannot be renamed over.
@Suite struct ReportSavingTests {
  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o7777 : 0
  }

  @Test func aPrivateReportStaysPrivate() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("r", "old")
    chmod("\(folder.path)/r", 0o600)
    try ReportFile(path: "\(folder.path)/r").save("new")
    #expect(try folder.text("r") == "new")
    #expect(mode("\(folder.path)/r") == 0o600)
  }

  /// Legal by itself, too long with an ending.
  @Test func theLongestNameIsWrittenInPlace() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let name = String(repeating: "r", count: 250)
    for text in ["first, and longer", "second"] {
      let file = ReportFile(path: "\(folder.path)/\(name)")
      try file.check()
      try file.save(text)
      #expect(try folder.text(name) == text)
      #expect(folder.names == [name])
    }
  }

  @Test func whereNoFileCanStandBesideItIsWrittenInPlace() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("r", "old, and longer")
    let blocked = "\(folder.path)/r.\(getpid()).part"
    mkdir(blocked, 0o700)
    defer { rmdir(blocked) }
    try ReportFile(path: "\(folder.path)/r").save("new")
    #expect(try folder.text("r") == "new")
  }

  #if os(Linux)
    @Test func aFullDiskIsOneLineAndStandardOutputGetsWhatWasAskedFor() throws {
      let run = try ToolRun(
        "gzload",
        ["--embedded", "/gzip/64KiB", "-n", "4", "--no-progress", "-o", "/dev/full", "--output-format", "json"])
      #expect(run.exit == 1)
      #expect(run.errors == "gzload: -o /dev/full: the report was not written: No space left on device\n")
      #expect(run.output.hasPrefix("{\n") && run.output.hasSuffix("\n}\n"))
      #expect(run.output.contains("\"schema\" : \"gzload/1\""))
    }

    /// No file may grow here: the old report stays, nothing else is left, and the tool is not killed.
    @Test func whereNothingMayGrowTheOldReportStays() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      try folder.write("r", "old")
      // Into a pipe, because the limit holds for the files that catch the output of tests as well.
      let script = """
        { (ulimit -f 0; exec "$1" --embedded /gzip/64KiB -n 2 --no-progress -o "$2" 2>&1); echo "exit $?"; } | cat
        """
      let run = try ShellRun.run(script, ["\(folder.path)/r"])
      #expect(run.output.hasPrefix("gzload: -o \(folder.path)/r: the report was not written: File too large\n"))
      #expect(run.output.contains("streams      2: 2 ok, 0 failed\n"))
      #expect(run.output.hasSuffix("exit 1\n"))
      #expect(try folder.text("r") == "old")
      #expect(folder.names == ["r"])
    }

    /// A file that is mounted by itself, as containers do, cannot be renamed over.
    @Test(.enabled("needs user namespaces") { try ShellRun.run("unshare -rm true", []).exit == 0 })
    func aMountedFileIsWrittenInPlace() throws {
      let folder = try TemporaryFolder()
      defer { folder.remove() }
      try folder.write("outside", "old")
      try folder.write("inside", "nothing")
      let script = """
        exec unshare -rm /bin/sh -c '
          mount --bind "$2" "$3" && exec "$1" --embedded /gzip/64KiB -n 2 --no-progress -o "$3"' sh "$@"
        """
      let run = try ShellRun.run(script, ["\(folder.path)/outside", "\(folder.path)/inside"])
      #expect(run.exit == 0)
      #expect(run.errors == "")
      #expect(try folder.text("outside").contains("streams      2: 2 ok, 0 failed\n"))
      #expect(folder.names == ["inside", "outside"])
    }
  #endif
}
