/// Where the value of an option came from, in the order of their strength.
public enum SettingSource: Sendable, Equatable, CustomStringConvertible {
  case flag
  case variable(String)
  case file(path: String, line: Int)
  case standard

  /// Outside the command line: what is wrong there is the environment's or the file's fault.
  public var isOutside: Bool {
    switch self {
    case .variable, .file: true
    case .flag, .standard: false
    }
  }

  /// The larger one wins.
  var strength: Int {
    switch self {
    case .flag: 3
    case .variable: 2
    case .file: 1
    case .standard: 0
    }
  }

  public var description: String {
    switch self {
    case .flag: "flag"
    case .variable(let name): name
    case .file(let path, let line): "\(path):\(line)"
    case .standard: "default"
    }
  }
}
