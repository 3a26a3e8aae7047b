#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Addresses in their canonical spellings only.
enum IPAddress {
  /// 4 or 16 bytes; nil for anything that `inet_pton` does not take, zone ids among it. `::ffff:1.2.3.4` gives 4 bytes.
  static func parse(_ text: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes[..<4]) }
    guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
    let mapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
    return mapped ? Array(bytes[12...]) : bytes
  }
}
