internal import CSpawn

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// posix_spawn's file actions and attributes, with one shape on both platforms. `destroy` must be called once.
public struct SpawnActions {
  #if canImport(Darwin)
    private var actions: posix_spawn_file_actions_t?
    private var attributes: posix_spawnattr_t?
  #else
    private var actions = posix_spawn_file_actions_t()
    private var attributes = posix_spawnattr_t()
  #endif

  /// Own process group, no signal blocked, every signal at its default: a child must not inherit what our threads do
  /// with signals.
  public init() {
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

  public mutating func open(_ descriptor: Int32, _ path: String, _ flags: Int32) {
    posix_spawn_file_actions_addopen(&actions, descriptor, path, flags, 0o644)
  }

  public mutating func duplicate(_ source: Int32, to target: Int32) {
    posix_spawn_file_actions_adddup2(&actions, source, target)
  }

  /// Whether it is open or not.
  public mutating func close(_ descriptor: Int32) {
    #if !canImport(Darwin)
      posix_spawn_file_actions_addclose(&actions, descriptor)
    #endif
    // Darwin closes whatever no action names (`closeEverything`), and would refuse one that is not open.
  }

  /// None from `first` on is inherited, close-on-exec or not. What is duplicated is said before.
  public mutating func closeEverything(from first: Int32) {
    #if canImport(Darwin)
      var flags: Int16 = 0
      posix_spawnattr_getflags(&attributes, &flags)
      // Then only descriptors that an action names are open, and these three are meant to be.
      for descriptor in 0..<min(first, 3) { posix_spawn_file_actions_addinherit_np(&actions, descriptor) }
      posix_spawnattr_setflags(&attributes, flags | Int16(truncatingIfNeeded: POSIX_SPAWN_CLOEXEC_DEFAULT))
    #else
      // In the child, and not by marking what is open now: NIO's accept4 does not mark its sockets, and one that came in
      // between would stay open for as long as the child lives. Its other end would never see it closed.
      if cspawn_close_from(&actions, first) != 0 { Self.markOpenOnes(from: first) }
    #endif
  }

  #if !canImport(Darwin)
    /// The next best, where the C library is too old.
    private static func markOpenOnes(from first: Int32) {
      guard let folder = opendir("/proc/self/fd") else { return }
      defer { closedir(folder) }
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if let descriptor = Int32(name), descriptor >= first { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      }
    }
  #endif

  /// Runs the file at a path (no PATH search) with the parent's environment but for the variables whose names begin with
  /// one of `dropping`, or with `environment` (`NAME=value`) in its place. Returns an errno, or 0 and the pid.
  public mutating func spawn(
    executable: String, arguments: [String], dropping: [String] = [], environment: [String]? = nil
  ) -> (status: Int32, pid: Int32) {
    var pid: pid_t = 0
    let argv = Self.copies(arguments)
    defer { for pointer in argv { free(pointer) } }
    let own = environment.map(Self.copies)
    defer { for pointer in own ?? [] { free(pointer) } }
    let variables = own ?? Self.kept(environ, dropping)
    let status = posix_spawn(&pid, executable, &actions, &attributes, argv, variables)
    return (status, pid)
  }

  /// With a nil at the end; to be freed.
  private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }

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

  public mutating func destroy() {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
}
