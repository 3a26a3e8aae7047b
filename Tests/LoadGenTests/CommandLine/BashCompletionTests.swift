import Testing
import ToolSupport

@testable import LoadGen

/// What the script for bash offers, asked as bash asks it: its function is called with the words of a command line.
@Suite struct BashCompletionTests {
  struct Line: Sendable, CustomTestStringConvertible {
    /// The last word is the one under the cursor; bash has split it at the equals sign.
    var words: [String]
    var offers: [String] = []
    var offersNot: [String] = []
    var testDescription: String { words.joined(separator: " ") }
  }

  static let lines: [Line] = [
    Line(words: ["--ma"], offers: ["--max-time"], offersNot: ["--max-regression"]),
    Line(words: ["compare", "--ma"], offers: ["--max-regression"], offersNot: ["--max-time"]),
    Line(words: ["compare", "a.json", "--"], offers: ["--max-regression", "--seed"], offersNot: ["--rate"]),
    Line(words: ["merge", "--f"], offers: ["--force"], offersNot: ["--file"]),
    Line(words: ["http://h/", "--ra"], offers: ["--rate"]),
    Line(words: ["com"], offers: ["compare"]),
    Line(words: ["--validate", ""], offers: ["full", "compare", "frame", "off"]),
    Line(words: ["--validate", "fr"], offers: ["frame"], offersNot: ["full"]),
    Line(words: ["--validate", "=", "fr"], offers: ["frame"], offersNot: ["full"]),
    Line(words: ["--output-format", "j"], offers: ["json", "junit"], offersNot: ["text"]),
    Line(words: ["--embedded", "="], offers: ["proxy", "naive", "lambda", "buffered"]),
    Line(words: ["--embedded", "=", "n"], offers: ["naive"], offersNot: ["proxy"]),
    // By itself it takes no word: a path may follow, or an option.
    Line(words: ["--embedded", "n"], offersNot: ["naive"]),
    Line(words: ["--embedded", "--val"], offers: ["--validate"]),
    Line(words: ["--completions", "z"], offers: ["zsh"]),
    Line(words: ["--hgrm-metric", "tt"], offers: ["ttfb", "ttfh", "ttlb"]),
    Line(words: ["-f", "FOLDER/t"], offers: ["FOLDER/targets.txt"]),
    Line(words: ["-o", "FOLDER/"], offers: ["FOLDER/targets.txt", "FOLDER/c.yaml"]),
    Line(words: ["--config", "FOLDER/"], offers: ["FOLDER/c.yaml"], offersNot: ["FOLDER/targets.txt"]),
    Line(words: ["--cacert", "FOLDER/t"], offers: ["FOLDER/targets.txt"]),
    Line(words: ["--record", "FOLDER/t"], offers: ["FOLDER/targets.txt"]),
    Line(words: ["compare", "FOLDER/"], offers: ["FOLDER/r.json"]),
    Line(words: ["compare", "--output-format", ""], offers: ["text", "json", "markdown"], offersNot: ["junit"]),
    Line(words: ["merge", "FOLDER/r"], offers: ["FOLDER/r.json"]),
  ]

  @Test func offersWhatFits() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for name in ["targets.txt", "c.yaml", "r.json"] { try folder.write(name, "x") }
    try folder.write("gzload.bash", try ToolRun("gzload", ["--completions", "bash"]).output)
    // As bash calls the function: the command, the word under the cursor, the one before.
    let asking = """
      source "$1"; shift
      function=$(complete -p gzload | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
      COMP_WORDS=(gzload "$@"); COMP_CWORD=$#; COMP_LINE="gzload $*"; COMP_POINT=${#COMP_LINE}
      current=${COMP_WORDS[COMP_CWORD]}; [ "$current" != = ] || current=
      "$function" gzload "$current" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    for line in Self.lines {
      let place = { (text: String) in text.replacing("FOLDER", with: folder.path) }
      let run = try ToolRun(
        executable: "/usr/bin/env",
        ["bash", "--norc", "-c", asking, "bash", "\(folder.path)/gzload.bash"] + line.words.map(place))
      #expect(run.errors == "", "\(line.words)")
      let offered = Set(run.output.split(separator: "\n").map(String.init))
      for word in line.offers { #expect(offered.contains(place(word)), "\(line.words): \(offered)") }
      for word in line.offersNot { #expect(!offered.contains(place(word)), "\(line.words): \(offered)") }
    }
  }

  @Test func theDashboardHasThemToo() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("s", try ToolRun("gztop", ["--completions", "bash"]).output)
    let run = try ToolRun(
      executable: "/usr/bin/env",
      [
        "bash", "--norc", "-c",
        "source \"$1\"; COMP_WORDS=(gztop --embedded = n); COMP_CWORD=3; COMP_LINE='gztop --embedded=n'; COMP_POINT=18; "
          + "_gztop_words gztop n =; echo \"${COMPREPLY[@]}\"", "bash", "\(folder.path)/s",
      ])
    #expect(run.output == "naive\n" && run.errors == "")
  }
}
