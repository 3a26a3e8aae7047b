internal import NIOCore

/// What holds for every head that leaves the proxy, in either direction. The names are written out here and not taken from
/// the core's tables, which are what is being checked.
enum OutputRules {
  /// Never leave, whatever came.
  static let neverForwarded: Set<String> = [
    "keep-alive", "proxy-connection", "upgrade", "proxy-authenticate", "proxy-authorization", "http2-settings",
  ]

  static let neverInTrailers: Set<String> = neverForwarded.union([
    "connection", "te", "transfer-encoding", "content-length", "host", "trailer", "expect", "authorization",
    "content-encoding", "content-type", "content-range", "cache-control", "range", "set-cookie", "cookie", "via",
    "x-request-id", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
  ])

  /// What `Connection` cannot have removed: without it a message would mean something else.
  static let neverNominated: Set<String> = [
    "host", "content-length", "content-encoding", "content-type", "content-range", "authorization", "cache-control",
    "cookie", "set-cookie", "range", "via", "expect", "etag", "vary", "date", "forwarded", "x-forwarded-for",
    "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-request-id", "x-gzproxy-instance",
    "x-gzproxy-rss-bytes", "x-gzproxy-active",
  ]

  /// Reads a head that the proxy made, strictly and to its last byte.
  static func read(_ kind: HeadParser.Kind, _ out: ByteBuffer) -> (PlainHead, MessageHead)? {
    let bytes = Array(out.readableBytesView)
    for index in bytes.indices {
      let byte = bytes[index]
      require(byte != 0, "NUL in the output")
      if byte == 13 { require(index + 1 < bytes.count && bytes[index + 1] == 10, "bare CR in the output") }
      if byte == 10 { require(index > 0 && bytes[index - 1] == 13, "bare LF in the output") }
    }
    let limits = HeadLimits(startLine: 1 << 20, fieldBytes: 1 << 20, fieldCount: 1 << 10)
    let (outcome, head) = ParsedHead.of(kind, [bytes], limits: limits)
    guard case .head(let plain, left: 0) = outcome, let head else {
      require(false, "the output is no head: \(outcome): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
      return nil
    }
    return (plain, head)
  }

  /// - Parameter connection: the `Connection` lines that the proxy may have written.
  static func check(_ out: PlainHead, madeFrom input: PlainHead, ownNames: Set<String>, connection: [String]) {
    let nominated = nominations(input)
    for field in out.fields {
      require(!neverForwarded.contains(field.key), "\(field.key) was forwarded")
      if !ownNames.contains(field.key) {
        require(!nominated.contains(field.key), "\(field.key) was forwarded though Connection names it")
      }
    }
    let connections = out.values("connection")
    require(connections.count <= 1, "\(connections.count) Connection fields")
    for field in connections { require(connection.contains(field.text), "Connection: \(field.text)") }
    let codings = out.values("transfer-encoding")
    require(codings.count <= 1 && codings.allSatisfy { $0.text == "chunked" }, "Transfer-Encoding \(codings)")
    let lengths = out.values("content-length")
    require(lengths.count <= 1 && lengths.allSatisfy { Int64($0.text) != nil }, "Content-Length \(lengths)")
    require(codings.isEmpty || lengths.isEmpty, "both Content-Length and Transfer-Encoding")
  }

  /// Names that `Connection` lines give away, without those they may not.
  static func nominations(_ head: PlainHead) -> Set<String> {
    var names: Set<String> = []
    for field in head.values("connection") {
      for member in field.value.split(separator: 44) {
        let option = PlainHead.Field(name: trimmed(member), value: [])
        if !option.name.isEmpty, option.name.allSatisfy(HeadFuzz.isToken) { names.insert(option.key) }
      }
    }
    return names.subtracting(neverNominated)
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = bytes.drop(while: HeadFuzz.isBlank)
    while bytes.last.map(HeadFuzz.isBlank) == true { bytes.removeLast() }
    return Array(bytes)
  }

  /// Every field that is the ends' business goes through as it came, in its order.
  static func checkEndToEnd(
    _ out: PlainHead, madeFrom input: PlainHead, ownNames: Set<String>, mayBeDropped: Set<String>
  ) {
    let notCompared = ownNames.union(neverForwarded).union(mayBeDropped).union([
      "connection", "te", "transfer-encoding",
    ])
    let nominated = nominations(input)
    let sent = input.fields.filter { !notCompared.contains($0.key) && !nominated.contains($0.key) }
    let passed = out.fields.filter { !notCompared.contains($0.key) }
    require(sent == passed, "fields came as \(sent), left as \(passed)")
  }
}
