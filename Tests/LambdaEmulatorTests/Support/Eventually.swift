import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Asks until something is so, 20 seconds at most.
///
/// A poll, because there is nothing to wait on: it is for what is only told when asked for (the emulator's counts, whether a process
/// that is not our child still exists) or is written to a file by another process. What comes over a connection is waited for on it.
func eventually(_ what: String, _ isSo: () throws -> Bool) throws {
  let limit = NIODeadline.now() + .seconds(20)
  while try !isSo() {
    guard NIODeadline.now() < limit else { throw Missing(what: what) }
    usleep(1000)
  }
}
