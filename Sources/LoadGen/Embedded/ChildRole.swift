/// A server that one of our executables can become when it is started with `__role NAME` as its first arguments.
///
/// A tool that finds no `gzproxy`, `gzorigin` or `gzlambda` beside it starts itself again in that role. The roles' code
/// (ProxyCore, Origin, LambdaEmulator) is linked by the executables alone, so an executable's main asks `named(in:)` first and
/// runs the command itself.
public enum ChildRole: String, CaseIterable, Sendable {
  case gzproxy
  case gzorigin
  case gzlambda

  public static let marker = "__role"

  /// The role asked for and the arguments left for its command; nil when the process was started as itself.
  ///
  /// - Parameter arguments: without the executable's own name.
  public static func named(in arguments: [String]) -> (role: ChildRole, arguments: [String])? {
    guard arguments.count >= 2, arguments[0] == marker, let role = ChildRole(rawValue: arguments[1]) else { return nil }
    return (role, Array(arguments.dropFirst(2)))
  }
}
