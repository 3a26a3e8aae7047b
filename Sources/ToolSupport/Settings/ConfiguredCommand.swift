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

  public init(prefix: String, reserved: Set<String> = [], secrets: Set<String> = []) {
    self.prefix = prefix
    self.reserved = reserved
    self.secrets = secrets
  }

  func variable(_ key: String) -> String {
    prefix + "_" + String(key.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  /// The option that names the file.
  static let fileKey = "config"
}
