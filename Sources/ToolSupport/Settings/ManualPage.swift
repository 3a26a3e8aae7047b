public import ArgumentParser

/// A tool's manual page in the man macros of roff, made of what ArgumentParser knows of the tool, so that it says what
/// `--help` says.
public struct ManualPage {
  private let command: ToolDescription.Command
  private let variables: String?

  /// - Throws: `couldNotRun` when the tool's description cannot be read.
  public init(_ command: any ParsableCommand.Type) throws(ToolFailure) {
    self.command = try ToolDescription(command).command
    variables = (command as? any ConfiguredCommand.Type)?.settingsRules.prefix
  }

  /// Ends with a line break.
  public var text: String {
    let name = command.commandName
    var page = Roff()
    page.macro("TH", name.uppercased(), "1", "", "\(name) \(ToolVersion.current)", "User Commands")
    page.macro("SH", "NAME")
    page.paragraph(name + " \\- " + Roff.escaped(sentence(command.abstract)))
    page.macro("SH", "SYNOPSIS")
    for line in synopses(command, path: name) { page.synopsis(line) }
    page.macro("SH", "DESCRIPTION")
    page.verbatim(command.discussion ?? "")
    options(of: command, heading: "SH", into: &page)
    for subcommand in subcommands(command) { add(subcommand, path: "\(name) \(subcommand.commandName)", to: &page) }
    if let variables { environment(variables, &page) }
    page.macro("SH", "SEE ALSO")
    let others = Self.tools.filter { $0 != name }
    page.paragraph(others.map { "\\fB\($0)\\fR(1)" }.joined(separator: ", "))
    return page.text
  }

  private func add(_ command: ToolDescription.Command, path: String, to page: inout Roff) {
    page.macro("SH", path.uppercased())
    page.paragraph(Roff.escaped(command.abstract ?? ""))
    for line in synopses(command, path: path) { page.synopsis(line) }
    page.verbatim(command.discussion ?? "")
    options(of: command, heading: "SS", into: &page)
    for subcommand in subcommands(command) { add(subcommand, path: "\(path) \(subcommand.commandName)", to: &page) }
  }

  private func subcommands(_ command: ToolDescription.Command) -> [ToolDescription.Command] {
    (command.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
  }

  private func synopses(_ command: ToolDescription.Command, path: String) -> [String] {
    let words = (command.arguments ?? []).filter { $0.kind == "positional" && $0.shouldDisplay }.map { argument in
      let name = "\\fI\(Roff.escaped(argument.valueName ?? "word"))\\fR" + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? "[\(name)]" : name
    }
    let own = "\\fB\(Roff.escaped(path))\\fR [\\fIoptions\\fR] " + words.joined(separator: " ")
    guard path == self.command.commandName else { return [own] }
    return [own] + subcommands(command).flatMap { synopses($0, path: "\(path) \($0.commandName)") }
  }

  /// By the headings of the help, in its order.
  private func options(of command: ToolDescription.Command, heading: String, into page: inout Roff) {
    let shown = (command.arguments ?? []).filter(\.shouldDisplay)
    var titles: [String?] = []
    for argument in shown where !titles.contains(argument.sectionTitle) { titles.append(argument.sectionTitle) }
    for title in titles {
      page.macro(heading, (title ?? "Options").uppercased())
      for argument in shown where argument.sectionTitle == title { page.item(names(argument), text(argument)) }
    }
  }

  private func names(_ argument: ToolDescription.Argument) -> String {
    let value = argument.valueName.map { "\\fI\(Roff.escaped($0))\\fR" } ?? ""
    guard argument.kind != "positional" else { return value }
    let names = (argument.names ?? []).map { "\\fB\(Roff.escaped($0.typed))\\fR" }.joined(separator: ", ")
    return argument.kind == "option" && !value.isEmpty ? "\(names) \(value)" : names
  }

  private func text(_ argument: ToolDescription.Argument) -> String {
    let standard = argument.defaultValue.map { argument.kind == "option" ? " Default: \($0)." : "" } ?? ""
    return Roff.escaped((argument.abstract ?? "") + standard)
  }

  private func environment(_ prefix: String, _ page: inout Roff) {
    page.macro("SH", "ENVIRONMENT")
    page.paragraph(
      Roff.escaped(
        "Every long option can be given as a variable: --connect-timeout is \(prefix)_CONNECT_TIMEOUT. The command line "
          + "wins over the environment, and that over the file of --config. NO_COLOR switches colours off."))
  }

  /// The form that whatis(1) wants: no full stop.
  private func sentence(_ text: String?) -> String {
    let text = text ?? ""
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  private static let tools = ["gzload", "gzorigin", "gzproxy", "gztop"]
}

/// Lines of roff as they grow.
private struct Roff {
  private(set) var text = ""

  /// A line break inside an argument would end the macro.
  mutating func macro(_ name: String, _ arguments: String...) {
    text += ".\(name)" + arguments.map { " \"\(Self.escaped($0).replacing("\"", with: "\\(dq"))\"" }.joined() + "\n"
  }

  /// - Parameter line: escaped.
  mutating func paragraph(_ line: String) { text += line + "\n" }

  mutating func synopsis(_ line: String) { text += ".PP\n\(line)\n" }

  /// - Parameters: both escaped.
  mutating func item(_ tag: String, _ body: String) { text += ".TP\n\(tag)\n\(body)\n" }

  /// Lines as they are, for examples and tables.
  mutating func verbatim(_ lines: String) {
    guard !lines.isEmpty else { return }
    text += ".PP\n.nf\n"
    for line in lines.split(separator: "\n", omittingEmptySubsequences: false) {
      text += line.isEmpty ? ".sp\n" : Self.escaped(String(line)) + "\n"
    }
    text += ".fi\n"
  }

  /// Nothing in it is an instruction, and a dash is one that can be copied.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "\n": out += " "
      case "`": out += "\\(ga"
      case "'": out += "\\(aq"
      case "^": out += "\\(ha"
      case "~": out += "\\(ti"
      // Readers differ in the encoding they expect.
      case _ where !scalar.isASCII: out += "\\[u\(hexadecimal(scalar))]"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out.hasPrefix(".") ? "\\&" + out : out
  }

  /// Upper case and four digits at least, as groff wants it.
  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
