internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How a role is started: the tool of that name beside our own executable, or our own executable again.
struct ChildCommand: Sendable, Equatable {
  var executable: String
  /// Before the role's own arguments.
  var leadingArguments: [String] = []

  /// Nil when the system does not say where we run from.
  static func locate(_ role: ChildRole) -> ChildCommand? {
    guard let own = OwnExecutable.path, let startable = OwnExecutable.startable else { return nil }
    let found = locate(role, beside: own) { access($0, X_OK) == 0 }
    return found.executable == own
      ? ChildCommand(executable: startable, leadingArguments: found.leadingArguments) : found
  }

  /// As a child of ours starts it: what is itself to us is not to that.
  var forOthers: ChildCommand {
    let ownLink = "/proc/self/"
    guard executable.hasPrefix(ownLink) else { return self }
    var command = self
    command.executable = "/proc/\(getpid())/" + executable.dropFirst(ownLink.count)
    return command
  }

  static func locate(
    _ role: ChildRole, beside own: String, isExecutable: (String) -> Bool
  ) -> ChildCommand {
    let folder = own.lastIndex(of: "/").map { String(own[...$0]) } ?? ""
    let neighbour = folder + role.rawValue
    if neighbour != own, isExecutable(neighbour) { return ChildCommand(executable: neighbour) }
    return ChildCommand(executable: own, leadingArguments: [ChildRole.marker, role.rawValue])
  }
}
