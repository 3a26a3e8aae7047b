public import ToolSupport

/// What the options of gzload and gztop are called outside the command line, and which of them hold secrets.
public enum LoadSettings {
  public static func rules(prefix: String) -> SettingsRules {
    SettingsRules(
      prefix: prefix, secrets: secrets, linewise: ["header", "expect-header"], takesPositional: true, mask: masked,
      displaces: LoadRivals.displaces)
  }

  private static let secrets: Set = ["user"]

  @Sendable private static func masked(_ key: String, _ value: String) -> String {
    switch key {
    case "header", "expect-header": HeaderText.masked(value)
    // With or without a scheme it may hold a password.
    case "proxy", "url": SecretText.masked(value)
    default: value
    }
  }
}
