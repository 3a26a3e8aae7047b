/// What a command line gives by itself: which command it runs, and which of that command's options it names. Pure.
///
/// It only has to be right for command lines that ArgumentParser accepts; it judges nothing.
struct CommandLineScan {
  struct Given: Equatable {
    var option: OptionCatalog.Option
    /// Nil for a flag; the name used tells on from off.
    var value: String?
    var name: String
  }

  var command: OptionCatalog.Command
  /// Where words for that command may be put in.
  var insertion = 0
  var given: [Given] = []
  /// Words that are no option's.
  var positionals: [String] = []
  /// Help or the version is asked for: nothing runs.
  var onlyInforms = false

  init(_ words: [String], _ catalog: OptionCatalog) {
    command = catalog.root
    let informing: Set = ["-h", "-help", "--help", "--help-hidden", "--version", "--generate-completion-script"]
    onlyInforms = words.prefix { $0 != "--" }.contains { informing.contains($0) }
    findCommand(words)
    var index = insertion
    while index < words.count, words[index] != "--" {
      guard !readOption(words, &index) else { continue }
      if !words[index].hasPrefix("-") || words[index] == "-" { positionals.append(words[index]) }
      index += 1
    }
    positionals += words.dropFirst(index + 1)
    if command.name == "help" { onlyInforms = true }
  }

  /// The options of a command may stand before the name of its subcommand.
  private mutating func findCommand(_ words: [String]) {
    var index = 0
    while index < words.count, words[index] != "--" {
      if readOption(words, &index) { continue }
      guard let next = command.subcommand(words[index]) else { break }
      command = next
      index += 1
      insertion = index
    }
    while let next = command.defaultSubcommand.flatMap({ command.subcommand($0) }) { command = next }
    given = []
  }

  /// Reads the option at `index` and its value, and moves `index` past them. False: this command has no such option.
  private mutating func readOption(_ words: [String], _ index: inout Int) -> Bool {
    let word = words[index]
    guard word.hasPrefix("-"), word != "-" else { return false }
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = command.options.first(where: { $0.names.contains(parts[0]) }) else {
      return !word.hasPrefix("--") && readCluster(words, &index)
    }
    index += 1
    guard option.takesValue else {
      given.append(Given(option: option, value: nil, name: parts[0]))
      return true
    }
    if parts.count == 2 {
      given.append(Given(option: option, value: parts[1], name: parts[0]))
    } else {
      given.append(Given(option: option, value: nextValue(words, &index, option), name: parts[0]))
    }
    return true
  }

  /// `-kc8`: flags, and an option at the end with its value behind it or in the next word.
  private mutating func readCluster(_ words: [String], _ index: inout Int) -> Bool {
    var letters = words[index].dropFirst()
    var found: [Given] = []
    while let letter = letters.popFirst() {
      let name = "-\(letter)"
      guard let option = command.options.first(where: { $0.names.contains(name) }) else { return false }
      guard option.takesValue else {
        found.append(Given(option: option, value: nil, name: name))
        continue
      }
      var next = index + 1
      let value = letters.isEmpty ? nextValue(words, &next, option) : String(letters.trimmingPrefix("="))
      found.append(Given(option: option, value: value, name: name))
      given += found
      index = next
      return true
    }
    given += found
    index += 1
    return true
  }

  private func nextValue(_ words: [String], _ index: inout Int, _ option: OptionCatalog.Option) -> String? {
    guard index < words.count else { return nil }
    let word = words[index]
    guard option.takesAnyWord || !word.hasPrefix("-") || word == "-" else { return nil }
    index += 1
    return word
  }
}
