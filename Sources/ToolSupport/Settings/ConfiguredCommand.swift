public import ArgumentParser

/// A tool whose options are read from the environment and from a `--config` file too.
///
/// A command of it that declares `--config` reads both: flag > environment > file > default.
public protocol ConfiguredCommand: ParsableCommand {
  static var settingsRules: SettingsRules { get }
}

/// What a tool's settings are called outside its command line.
public struct SettingsRules: Sendable {
  /// `GZPROXY`: `--max-header-bytes` is `GZPROXY_MAX_HEADER_BYTES`.
  public var prefix: String
  /// Variables with the prefix that other parts of the tool read.
  public var reserved: Set<String>
  /// Keys whose values are never shown.
  public var secrets: Set<String>
  /// Keys whose values may hold commas, so that a list of them in a variable has a line for each.
  public var linewise: Set<String>
  /// Whether what has no name on the command line, such as URLs, can be given in the other places too.
  public var takesPositional: Bool
  /// A value as it may be shown, for those of which a part is secret.
  public var mask: @Sendable (_ key: String, _ value: String) -> String
  /// Whether a setting takes the place of another option's value that comes from a weaker source: where both in one source
  /// would be an error, the stronger source is meant.
  public var displaces: @Sendable (_ strong: Setting, _ weak: Setting) -> Bool

  /// One value of an option: of a list, one of its items; of a flag, `true`.
  public struct Setting: Sendable, Equatable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  public init(
    prefix: String, reserved: Set<String> = [], secrets: Set<String> = [], linewise: Set<String> = [],
    takesPositional: Bool = false, mask: @escaping @Sendable (_ key: String, _ value: String) -> String = { $1 },
    displaces: @escaping @Sendable (_ strong: Setting, _ weak: Setting) -> Bool = { _, _ in false }
  ) {
    self.prefix = prefix
    self.reserved = reserved
    self.secrets = secrets
    self.linewise = linewise
    self.takesPositional = takesPositional
    self.mask = mask
    self.displaces = displaces
  }

  func variable(_ key: String) -> String {
    prefix + "_" + String(key.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  /// The option that names the file.
  static let fileKey = "config"
}
