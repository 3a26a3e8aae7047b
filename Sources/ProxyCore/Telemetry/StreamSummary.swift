internal import NIOCore

/// What the access log tells of a request, copied from its head once and bounded. Made only where there is a log.
struct RequestSummary: Sendable {
  static let maximumMethod = 32
  static let maximumHost = 255
  static let maximumPath = 1024

  var method: String?
  /// What the client addressed.
  var host: String?
  /// As it came, but of a query only that there was one (`?...`): queries carry tokens. `…` at the end of a cut one.
  var path: String?
  var traceID: String?
  var version: MessageHead.Version
  /// Bytes of the head.
  var headBytes: Int

  /// - Parameter facts: nil for a request that was refused before they were known.
  init(_ head: MessageHead, _ facts: RequestFacts?) {
    version = head.version
    headBytes = head.bytes.readableBytes
    traceID = TraceContext.id(head)
    host = facts?.authority.map { $0.utf8.count <= Self.maximumHost ? $0 : Self.bounded($0.utf8, Self.maximumHost) }
    guard case .request(let known, let methodText, let target) = head.start else { return }
    (method, path) = head.withBytes { bytes in
      let method = known == .get ? "GET" : Self.bounded(Bytes.slice(bytes, methodText.range), Self.maximumMethod)
      if let facts {
        return (method, facts.path.map { Self.redacted(Bytes.slice(bytes, $0)) } ?? "*")
      }
      // An absolute target that was refused may hold a password.
      let isPath = bytes[target.range].first == UInt8(ascii: "/")
      return (method, isPath ? Self.redacted(Bytes.slice(bytes, target.range)) : nil)
    }
  }

  static func redacted(_ target: UnsafeRawBufferPointer) -> String {
    let path = target.prefix { $0 != UInt8(ascii: "?") }
    return bounded(path, maximumPath) + (path.count < target.count ? "?..." : "")
  }

  static func bounded(_ bytes: some Collection<UInt8>, _ maximum: Int) -> String {
    bytes.count <= maximum
      ? String(decoding: bytes, as: UTF8.self) : String(decoding: bytes.prefix(maximum), as: UTF8.self) + "…"
  }
}

/// What the access log tells of an upstream's response.
struct ResponseSummary: Sendable {
  static let maximumEncoding = 64

  var version: MessageHead.Version
  /// The length that the upstream announced; nil where there was none.
  var expectedLength: Int64?
  var contentEncoding: String?
  /// FNV-1a of the ETag with its quotes: tells whether two responses had the same one.
  var etagHash: UInt64?

  init(_ head: MessageHead, _ facts: ResponseFacts) {
    version = head.version
    if case .length(let length) = facts.framing { expectedLength = length }
    head.withBytes { bytes in
      if let field = head.first(.contentEncoding) {
        contentEncoding = RequestSummary.bounded(Bytes.slice(bytes, field.value.range), Self.maximumEncoding)
      }
      if let field = head.first(.etag) { etagHash = FNV.hash(Bytes.slice(bytes, field.value.range)) }
    }
  }
}

/// FNV-1a, 64 bits: short, stable, and no secret is kept by it.
enum FNV {
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }

  static func hex(_ hash: UInt64) -> String {
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }
}
