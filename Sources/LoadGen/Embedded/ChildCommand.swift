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
    guard let own = ownExecutable() else { return nil }
    return locate(role, beside: own) { access($0, X_OK) == 0 }
  }

  static func locate(
    _ role: ChildRole, beside own: String, isExecutable: (String) -> Bool
  ) -> ChildCommand {
    let folder = own.lastIndex(of: "/").map { String(own[...$0]) } ?? ""
    let neighbour = folder + role.rawValue
    if neighbour != own, isExecutable(neighbour) { return ChildCommand(executable: neighbour) }
    return ChildCommand(executable: own, leadingArguments: [ChildRole.marker, role.rawValue])
  }

  /// The path of the running executable, links resolved.
  static func ownExecutable() -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    #if canImport(Darwin)
      var size = UInt32(buffer.count)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
      guard let resolved = realpath(buffer, nil) else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    #else
      let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
      guard count > 0 else { return nil }
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #endif
  }
}
