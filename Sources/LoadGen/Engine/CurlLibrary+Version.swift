internal import CCurl

// What the library that is loaded can do: it need not be the one that the tool was built with.
extension CurlLibrary {
  /// What only newer libraries have.
  enum Feature: CaseIterable {
    /// HTTP/2 in clear text over a connection that others used before or use too: an older library begins HTTP/2 once
    /// more on it, which breaks every stream there.
    case sharedClearHTTP2
    /// One receive buffer for each thread instead of one for each lane.
    case sharedBuffers

    var version: UInt32 {
      switch self {
      case .sharedClearHTTP2: 0x08_00_00
      case .sharedBuffers: 0x08_07_00
      }
    }

    var name: String {
      switch self {
      case .sharedClearHTTP2: "shared HTTP/2 connections on http:// (8.0)"
      case .sharedBuffers: "shared receive buffers (8.7)"
      }
    }
  }

  static let version: UInt32 = ccurl_version().pointee.version_num

  static func has(_ feature: Feature) -> Bool { version >= feature.version }

  static let hasHTTP2 = ccurl_version().pointee.features & CURL_VERSION_HTTP2 != 0
  static let hasTLS = ccurl_version().pointee.ssl_version != nil
  static let hasUnixSockets = ccurl_version().pointee.features & CURL_VERSION_UNIX_SOCKETS != 0

  /// Lines for `--version`: the library, and what it lacks of what the tools can use.
  static var summary: String {
    let info = ccurl_version().pointee
    let parts = ["libcurl", text(info.version), text(info.ssl_version) ?? "no TLS", hasHTTP2 ? "HTTP/2" : "no HTTP/2"]
    let (name, rest) = (parts.prefix(2).compactMap(\.self), parts.dropFirst(2).compactMap(\.self))
    let lacks = Feature.allCases.filter { !has($0) }.map(\.name)
    return name.joined(separator: " ") + " (" + rest.joined(separator: ", ") + ")"
      + (lacks.isEmpty ? "" : "\n  without " + lacks.joined(separator: ", "))
  }

  private static func text(_ string: UnsafePointer<CChar>?) -> String? { string.map { String(cString: $0) } }
}
