#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// posix_spawn's file actions and attributes, with one shape on both platforms. `destroy` must be called once.
struct SpawnActions {
  #if canImport(Darwin)
    private var actions: posix_spawn_file_actions_t?
    private var attributes: posix_spawnattr_t?
  #else
    private var actions = posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()
  #endif

  /// Own process group, no signal blocked, every signal at its default: a child must not inherit what our threads do
  /// with signals.
  init() {
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETPGROUP)
    posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
  }

  mutating func open(_ descriptor: Int32, _ path: String, _ flags: Int32) {
    posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o644)
  }

  mutating func duplicate(_ source: Int32, to target: Int32) {
    posix_spawn_file_actions_adddup2(&actions, source, target)
  }

  /// Runs the file at a path (no PATH search) with the parent's environment but for the variables whose names begin with
  /// one of `dropping`. Returns an errno, or 0 and the pid.
  mutating func spawn(
    executable: String, arguments: [String], dropping: [String] = []
  ) -> (status: Int32, pid: Int32) {
    var pid: pid_t = 0
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    argv.append(nil)
    defer { for pointer in argv { free(pointer) } }
    var variables = Self.kept(environ, dropping)
    let status = posix_spawn(&pid, executable, &actions, &attributes, argv, &variables)
    return (status, pid)
  }

  /// Pointers into the parent's own list, with a nil at the end.
  private static func kept(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>, _ prefixes: [String]
  ) -> [UnsafeMutablePointer<CChar>?] {
    var kept: [UnsafeMutablePointer<CChar>?] = []
    var next = list
    while let entry = next.pointee {
      if !prefixes.contains(where: { strncmp(entry, $0, $0.utf8.count) == 0 }) { kept.append(entry) }
      next += 1
    }
    return kept + [nil]
  }

  mutating func destroy() {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
}
