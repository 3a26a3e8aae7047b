/// The options of a run as YAML that `--config` takes back, each line with where its value came from.
public enum SettingsText {
  /// What an option that nobody gave comes to.
  public struct Standard: Sendable, Equatable {
    /// Empty: nothing.
    public var values: [String]
    /// Shown, but behind a `#`: what holds without being said and would mean something else, or nothing, if it were.
    public var isAside: Bool

    public init(_ values: [String], isAside: Bool = false) {
      self.values = values
      self.isAside = isAside
    }
  }

  /// What this run's options come to, on stdout.
  ///
  /// - Parameter standards: by key, of options whose default ArgumentParser does not know; those it does not name are
  ///   described as the help describes them.
  /// - Throws: `couldNotRun` when stdout cannot be written.
  public static func print(
    _ command: any ConfiguredCommand.Type, standards: [String: Standard] = [:]
  ) throws(ToolFailure) {
    try StandardOutput.write(yaml(try Settings.ofThisRun(command), standards: standards))
  }

  public static func yaml(_ settings: Settings, standards: [String: Standard] = [:]) -> String {
    guard let command = settings.command else { return "" }
    var text = ""
    var section: String?
    for option in command.options where option.key != SettingsRules.fileKey {
      if option.section != section {
        section = option.section
        text += (text.isEmpty ? "" : "\n") + "# \(section ?? "Others")\n"
      }
      text += line(option, settings, standards[option.key]) + "\n"
    }
    return text
  }

  private static func line(_ option: OptionCatalog.Option, _ settings: Settings, _ standard: Standard?) -> String {
    let comment = "  # " + printable("\(settings.source(option.key))")
    if let values = settings.entry(option.key)?.values { return setting(option, values, settings) + comment }
    if let standard {
      guard !standard.values.isEmpty else { return "# \(option.key):" + comment + ", none" }
      return (standard.isAside ? "# " : "") + setting(option, standard.values, settings) + comment
    }
    guard let values = self.standard(option) else {
      return "# \(option.key):" + comment + (option.remark.map { ": " + printable($0) } ?? ", none")
    }
    return setting(option, values, settings) + comment
  }

  private static func setting(_ option: OptionCatalog.Option, _ values: [String], _ settings: Settings) -> String {
    let texts = values.map { scalar(shown($0, option, settings.rules)) }
    let value = option.isRepeating ? "[" + texts.joined(separator: ", ") + "]" : texts.last ?? "\"\""
    return "\(option.key): \(value)"
  }

  /// A flag is off by default; an option without a default has no line of its own.
  private static func standard(_ option: OptionCatalog.Option) -> [String]? {
    guard option.takesValue else { return [option.defaultValue ?? "false"] }
    return option.defaultValue.map { [$0] }
  }

  private static func shown(_ value: String, _ option: OptionCatalog.Option, _ rules: SettingsRules) -> String {
    if rules.secrets.contains(option.key) { return "***" }
    let value = rules.mask(option.key, value)
    return value.contains("://") ? SecretText.masked(value) : value
  }

  /// Bare where no reader could take it for anything but this text; in double quotes otherwise.
  static func scalar(_ text: String) -> String {
    let plain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./_-:"
    let isPlain =
      text.utf8.allSatisfy { plain.utf8.contains($0) } && !text.hasSuffix(":") && !text.hasPrefix("-")
      && !text.hasPrefix(":") && text != "null" && !text.isEmpty
    return isPlain ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    default:
      guard
        scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
          || [0x2028, 0x2029].contains(scalar.value)
      else { return String(scalar) }
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }

  /// A path in a comment must not end its line.
  private static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
  }
}
