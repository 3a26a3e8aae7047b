/// flag > environment > file > default. Pure but for the one file, which comes through `readFile`.
struct SettingsMerge {
  let catalog: OptionCatalog
  let rules: SettingsRules
  let environment: [String: String]
  let readFile: (_ path: String) throws(ToolFailure) -> SettingsFile

  /// - Throws: `badConfiguration` for what only this can know: a name that does not exist, a list where one value belongs.
  ///   Values are the parser's to judge.
  func settings(_ words: [String]) throws(ToolFailure) -> Settings {
    let scan = CommandLineScan(words, catalog)
    var command = scan.command
    if rules.takesPositional, let positional = command.positional { command.options.insert(positional, at: 0) }
    var settings = Settings(command: command, rules: rules, typed: words, insertion: scan.insertion)
    guard !scan.onlyInforms, command.option(SettingsRules.fileKey) != nil else { return settings }
    settings.warnings = unknownVariables(command)
    var found: [String: Settings.Entry] = [:]
    for option in command.options {
      if let entry = option.isPositional ? typed(option, scan.positionals) : typed(option, scan.given) {
        found[option.key] = entry
      } else if let entry = try fromEnvironment(option) {
        found[option.key] = entry
      }
    }
    if let named = found[SettingsRules.fileKey], let path = named.values.last {
      for entry in try fromFile(try file(path, named.source), command) where found[entry.option.key] == nil {
        found[entry.option.key] = entry
      }
    }
    settings.entries = try withoutRivals(command.options.compactMap { found[$0.key] })
    return settings
  }

  private func file(_ path: String, _ source: SettingSource) throws(ToolFailure) -> SettingsFile {
    do { return try readFile(path) } catch {
      // A failure that is about what stands in the file names the file already.
      guard source.isOutside, error.message.hasPrefix("--\(SettingsRules.fileKey) ") else { throw error }
      throw ToolFailure(error.exit, "\(source): \(error.message)")
    }
  }

  /// Two options that cannot both hold are settled as one option is: by the stronger source. Within one source they stay,
  /// and are the parser's to refuse.
  private func withoutRivals(_ entries: [Settings.Entry]) throws(ToolFailure) -> [Settings.Entry] {
    var kept = entries
    // From the strongest on, so that what has lost its place takes nobody else's.
    for strength in [SettingSource.flag.strength, SettingSource.variable("").strength] {
      let strong = kept.filter { $0.source.strength == strength }.flatMap(Self.settings)
      guard !strong.isEmpty else { continue }
      var rest: [Settings.Entry] = []
      for weak in kept {
        guard weak.source.strength < strength else {
          rest.append(weak)
          continue
        }
        let values = Self.settings(weak).filter { one in !strong.contains { rules.displaces($0, one) } }.map(\.value)
        if values.count == weak.values.count || !weak.option.takesValue && weak.values == ["false"] {
          rest.append(weak)
        } else if !values.isEmpty {
          rest.append(try entry(weak.option, values, weak.source))
        }
      }
      kept = rest
    }
    return kept
  }

  /// A flag that is off is nobody's rival.
  private static func settings(_ entry: Settings.Entry) -> [SettingsRules.Setting] {
    let values = entry.option.takesValue ? entry.values : entry.values.filter { $0 == "true" }
    return values.map { SettingsRules.Setting(key: entry.option.key, value: $0) }
  }

  private func typed(_ option: OptionCatalog.Option, _ given: [CommandLineScan.Given]) -> Settings.Entry? {
    let mine = given.filter { $0.option == option }
    guard let last = mine.last else { return nil }
    guard option.takesValue else {
      return Settings.Entry(option: option, values: [last.name == option.inverse ? "false" : "true"], source: .flag)
    }
    let values = mine.compactMap(\.value)
    return Settings.Entry(option: option, values: option.isRepeating ? values : values.suffix(1), source: .flag)
  }

  private func typed(_ option: OptionCatalog.Option, _ words: [String]) -> Settings.Entry? {
    words.isEmpty ? nil : Settings.Entry(option: option, values: words, source: .flag)
  }

  private func fromEnvironment(_ option: OptionCatalog.Option) throws(ToolFailure) -> Settings.Entry? {
    let name = rules.variable(option.key)
    guard let text = environment[name], !text.isEmpty else { return nil }
    var values = [text]
    if option.takesValue && option.isRepeating {
      values = try list(text, option, name)
    }
    return try entry(option, values, .variable(name))
  }

  private func list(
    _ text: String, _ option: OptionCatalog.Option, _ name: String
  ) throws(ToolFailure) -> [String] {
    // No URL holds a space, and many a comma.
    if option.isPositional { return text.split(whereSeparator: \.isWhitespace).map(String.init) }
    if rules.linewise.contains(option.key) || text.contains("\n") {
      return text.split(whereSeparator: \.isNewline).map { String($0.trimming(while: { $0 == " " })) }
        .filter { !$0.isEmpty }
    }
    let values = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.trimming(while: { $0 == " " }))
    }
    guard values.allSatisfy({ !$0.isEmpty }) else {
      throw ToolFailure(.badConfiguration, "\(name): needs values with commas between them")
    }
    return values
  }

  private func fromFile(
    _ file: SettingsFile, _ command: OptionCatalog.Command
  ) throws(ToolFailure) -> [Settings.Entry] {
    let known = catalog.allKeys.subtracting([SettingsRules.fileKey]).union(command.options.map(\.key))
    var entries: [Settings.Entry] = []
    for item in file.entries {
      let place = SettingSource.file(path: file.path, line: item.line)
      guard item.key != SettingsRules.fileKey else {
        throw ToolFailure(.badConfiguration, "\(place): \(item.key): one file does not name another")
      }
      guard known.contains(item.key) else {
        let meant = command.key(named: item.key) ?? NearestName.suggestion(for: item.key, among: known)
        let nearest = meant.map { "; did you mean \($0)?" } ?? ""
        throw ToolFailure(.badConfiguration, "\(place): \(Self.shown(item.key)): no such option\(nearest)")
      }
      // Another command's: a file may serve several.
      guard let option = command.option(item.key) else { continue }
      if item.isList && !(option.isRepeating && option.takesValue) {
        throw ToolFailure(.badConfiguration, "\(place): \(item.key): takes one value and not a list")
      }
      entries.append(try entry(option, item.values, place))
    }
    return entries
  }

  private func entry(
    _ option: OptionCatalog.Option, _ values: [String], _ source: SettingSource
  ) throws(ToolFailure) -> Settings.Entry {
    var entry = Settings.Entry(option: option, values: values, source: source)
    if option.isPositional {
      guard !values.contains(where: { $0.hasPrefix("-") }) else {
        throw ToolFailure(.badConfiguration, "\(source): \(option.key): must not begin with a dash")
      }
      entry.words = values
    } else if option.takesValue {
      entry.words = values.map { "--\(option.key)=\($0)" }
    } else {
      guard let isOn = values.last.flatMap({ Self.switches[$0.lowercased()] }) else {
        throw ToolFailure(.badConfiguration, "\(source): \(option.key): must be true or false")
      }
      entry.values = [isOn ? "true" : "false"]
      entry.words = isOn ? ["--\(option.key)"] : option.inverse.map { [$0] } ?? []
    }
    return entry
  }

  private func unknownVariables(_ command: OptionCatalog.Command) -> [String] {
    let positional = rules.takesPositional ? catalog.root.positional.map { [$0.key] } ?? [] : []
    let known = Set(catalog.allKeys.union(positional).map { rules.variable($0) }).union(rules.reserved)
    let unknown = environment.keys.filter { $0.hasPrefix(rules.prefix + "_") && !known.contains($0) }.sorted()
    // The prefix is right already: it must not make what follows look similar.
    let prefix = rules.prefix + "_"
    let endings = known.map { String($0.trimmingPrefix(prefix)) }
    return unknown.prefix(Self.mostWarnings).map { name in
      let ending = String(name.trimmingPrefix(prefix))
      let key = ending.lowercased().replacing("_", with: "-")
      let meant =
        command.key(named: key).map { rules.variable($0) }
        ?? NearestName.suggestion(for: ending, among: endings).map { prefix + $0 }
      let nearest = meant.map { "; did you mean \($0)?" } ?? ""
      return "\(Self.shown(name)) in the environment is no option and is ignored\(nearest)"
    }
  }

  /// Of a name that anybody could have written: short, and in one line.
  private static func shown(_ name: String) -> String {
    String(name.unicodeScalars.prefix(80).map { $0.properties.generalCategory == .control ? "?" : Character($0) })
  }

  private static let mostWarnings = 10
  private static let switches: [String: Bool] = [
    "true": true, "on": true, "yes": true, "1": true, "false": false, "off": false, "no": false, "0": false,
  ]
}

extension Substring {
  fileprivate func trimming(while condition: (Character) -> Bool) -> Substring {
    var rest = trimmingPrefix(while: condition)
    while let last = rest.last, condition(last) { rest.removeLast() }
    return rest
  }
}
