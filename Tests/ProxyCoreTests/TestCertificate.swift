#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A key pair for tests alone, its own authority, for localhost and 127.0.0.1, valid for a century. The key protects
/// nothing.
enum TestCertificate {
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmzCCAUGgAwIBAgIUd/D8zYwou2TA0g85OrOQSqWshmgwCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTIwMjEyMloYDzIxMjYxMDI4
    MjAyMTIyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAARXKIivKGNFejiaE2wgvyiAn0KdW2fC/veYx4VJQq3TbSRpmHckx4Wm
    QmU0SFF6l2T5WB7y2hMBYbWm5pcDs24Ao28wbTAdBgNVHQ4EFgQUHik6pODn2W82
    Edp30kPHqL+JIDgwHwYDVR0jBBgwFoAUHik6pODn2W82Edp30kPHqL+JIDgwGgYD
    VR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
    zj0EAwIDSAAwRQIhAJ91+sDf+1Hr6waxqgMhP0YK6P2cfIC8hX2Ew9wLXW6qAiBe
    tDmcE5liv9/HbgTsKMs+zDMubuWQ94ma5HgUgnKHVA==
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnrEhB9N38SwK+Of5
    0g4HknJR49PKOm4kArxaGqU81r2hRANCAARXKIivKGNFejiaE2wgvyiAn0KdW2fC
    /veYx4VJQq3TbSRpmHckx4WmQmU0SFF6l2T5WB7y2hMBYbWm5pcDs24A
    -----END PRIVATE KEY-----
    """

  struct Unwritable: Error {}

  /// The certificate in a new temporary file.
  static func write() throws -> String {
    var name = Array("/tmp/gzproxy-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw Unwritable() }
    defer { close(descriptor) }
    let bytes = Array((certificate + "\n").utf8)
    guard bytes.withUnsafeBytes({ Swift.max(0, sendAll(descriptor, $0)) }) == bytes.count else { throw Unwritable() }
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
  }

  static func remove(_ path: String) { unlink(path) }

  private static func sendAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #else
      Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }
}
