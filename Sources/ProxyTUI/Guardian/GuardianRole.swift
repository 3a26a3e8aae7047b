internal import CTerminal

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The guardian's whole life: listen on descriptor 4 until its end, then restore the terminal if it was left in use.
public enum GuardianRole {
  /// The hidden first argument that makes a tool a guardian.
  public static let argument = "__guardian"
  private static let lifeDescriptor: Int32 = 4

  /// Never returns. Whatever the terminal sends to its processes is ignored: the guardian ends with its parent only.
  public static func run() -> Never {
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE] { signal(number, SIG_IGN) }
    let tty = cterm_open_tty()
    guard tty >= 0 else { exit(0) }
    var state = GuardianState()
    while let bytes = next() { state.receive(bytes) }
    if let restoration = state.restoration { restore(tty, restoration) }
    exit(0)
  }

  /// Nil at the pipe's end.
  private static func next() -> [UInt8]? {
    while true {
      var failure: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: 2048) { buffer, count in
        let got = read(lifeDescriptor, buffer.baseAddress, buffer.count)
        failure = got < 0 ? errno : 0
        count = max(0, got)
      }
      if failure == EINTR { continue }
      return bytes.isEmpty ? nil : bytes
    }
  }

  private static func restore(_ tty: Int32, _ restoration: GuardianState.Restoration) {
    restoration.settings.withUnsafeBytes { settings in
      restoration.leave.withUnsafeBytes { leave in
        guard let settingsBase = settings.baseAddress, let leaveBase = leave.baseAddress else { return }
        cterm_restore(tty, settingsBase, settings.count, leaveBase, leave.count)
      }
    }
  }
}
