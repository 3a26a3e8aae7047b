import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Waits until something is so, 20 seconds at most.
func eventually(_ what: String, _ isSo: () throws -> Bool) throws {
  let limit = NIODeadline.now() + .seconds(20)
  while try !isSo() {
    guard NIODeadline.now() < limit else { throw Missing(what: what) }
    usleep(1000)
  }
}
