/// A range of IP addresses: `10.0.0.0/8`, `fd00::/8`, or one address. Pure.
public struct AddressRange: Sendable, Equatable {
  public struct Invalid: Error, Sendable, CustomStringConvertible { public let description: String }

  /// 4 or 16 bytes, with the bits after the prefix cleared.
  let network: [UInt8]
  let prefix: Int

  public init(_ text: String) throws(Invalid) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, let bytes = IPAddress.parse(String(first)) else {
      throw Invalid(description: "must be an address or a range, as in 10.0.0.0/8")
    }
    var prefix = bytes.count * 8
    if parts.count == 2 {
      guard let number = Int(parts[1]), parts[1].allSatisfy(\.isNumber), (0...prefix).contains(number) else {
        throw Invalid(description: "needs a prefix from 0 to \(prefix)")
      }
      prefix = number
    }
    self.prefix = prefix
    network = Self.masked(bytes, prefix)
  }

  /// An IPv4 address that came in IPv6 form is judged by its IPv4 form.
  public func contains(_ address: String) -> Bool {
    guard let bytes = IPAddress.parse(address), bytes.count == network.count else { return false }
    return Self.masked(bytes, prefix) == network
  }

  private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(8, max(0, prefix - index * 8))
      return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
    }
  }
}
