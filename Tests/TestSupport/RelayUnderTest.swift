#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The way that bodies take in this run of the tests. Scripts/test.sh runs every test that has a proxy on each of them, and
/// says so by the settings that a built gzproxy reads from the environment.
public enum RelayUnderTest: Sendable {
  /// As a proxy comes.
  case auto
  /// Always through memory: `GZPROXY_RELAY=copy`.
  case copy
  /// Through a pipe as soon as one read has not brought all of a body: `GZPROXY_SPLICE_FROM=1`.
  case pipe

  public static let current: RelayUnderTest =
    getenv("GZPROXY_RELAY").map { String(cString: $0) } == "copy"
    ? .copy : getenv("GZPROXY_SPLICE_FROM") != nil ? .pipe : .auto
}
