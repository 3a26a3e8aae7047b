internal import NIOCore

/// The request head as it goes upstream (RFC 9110 §7.6). A pure function of the head, its facts and the socket's.
///
/// Everything end-to-end stays as it came, in its order. Host is rewritten to the upstream's authority (the name the
/// origin knows itself by; what the client addressed goes on in Forwarded and X-Forwarded-Host). What a client says about
/// itself in Forwarded and X-Forwarded-* is replaced by what the socket says.
enum RequestForwarding {
  struct Context: Sendable {
    var upstream: UpstreamTarget
    /// Nil with `--via off`.
    var viaToken: String?
    /// The peer's address without a port.
    var clientAddress: String
    /// The port the client connected to.
    var localPort: Int
  }

  static func head(_ head: MessageHead, _ facts: RequestFacts, _ context: Context) throws(ProxyCause) -> ByteBuffer {
    guard case .request(_, let method, _) = head.start else { throw .malformedRequest }
    var out = ByteBuffer()
    out.reserveCapacity(head.bytes.readableBytes + 512)
    try head.withBytes { bytes throws(ProxyCause) in
      out.writeBytes(Bytes.slice(bytes, method.range))
      writeTarget(&out, bytes, facts, context.upstream)
      out.writeStaticString(" HTTP/1.1\r\nhost: ")
      out.writeString(context.upstream.authority)
      out.writeStaticString("\r\n")
      for field in head.fields {
        let name = Bytes.slice(bytes, field.name.range)
        let value = Bytes.slice(bytes, field.value.range)
        if field.kind == .via, let token = context.viaToken, isLoop(value, token) { throw .loopDetected }
        if isForwarded(field.kind, facts), !facts.options.names(name) { HeadWriter.field(&out, name, value) }
      }
    }
    writeOwnFields(&out, facts, context)
    return out
  }

  private static func isForwarded(_ kind: FieldKind, _ facts: RequestFacts) -> Bool {
    if kind.isHopByHop { return false }
    switch kind {
    case .host, .requestID, .forwarded, .xForwardedFor, .xForwardedProto, .xForwardedHost, .xForwardedPort: return false
    case .expect: return facts.expectsContinue
    case .trailer: return facts.framing == .chunked
    case .traceparent, .tracestate: return !facts.traceIsMalformed
    default: return true
    }
  }

  private static func writeTarget(
    _ out: inout ByteBuffer, _ bytes: UnsafeRawBufferPointer, _ facts: RequestFacts, _ upstream: UpstreamTarget
  ) {
    out.writeStaticString(" ")
    guard let path = facts.path else {
      out.writeStaticString("*")
      return
    }
    out.writeString(upstream.pathPrefix)
    if bytes[path].first != UInt8(ascii: "/") { out.writeStaticString("/") }
    out.writeBytes(bytes[path])
  }

  private static func writeOwnFields(_ out: inout ByteBuffer, _ facts: RequestFacts, _ context: Context) {
    if let token = context.viaToken {
      HeadWriter.field(&out, "via", "\(facts.version == .http10 ? "1.0" : "1.1") \(token)")
    }
    HeadWriter.field(&out, "forwarded", forwarded(facts, context))
    HeadWriter.field(&out, "x-forwarded-for", context.clientAddress)
    HeadWriter.field(&out, "x-forwarded-proto", "http")
    if let authority = facts.authority, !authority.isEmpty { HeadWriter.field(&out, "x-forwarded-host", authority) }
    HeadWriter.field(&out, "x-forwarded-port", String(context.localPort))
    HeadWriter.field(&out, "x-request-id", facts.requestID)
    if facts.acceptsTrailers { out.writeStaticString("te: trailers\r\nconnection: te\r\n") }
    if facts.framing == .chunked { out.writeStaticString("transfer-encoding: chunked\r\n") }
    out.writeStaticString("\r\n")
  }

  /// RFC 7239 §4: an IPv6 node is bracketed and, for its colons, quoted.
  static func forwarded(_ facts: RequestFacts, _ context: Context) -> String {
    let isV6 = context.clientAddress.utf8.contains(UInt8(ascii: ":"))
    var text = isV6 ? "for=\"[\(context.clientAddress)]\"" : "for=\(context.clientAddress)"
    // A Host value holds neither quotes nor backslashes, so it can be quoted as it is.
    if let authority = facts.authority, !authority.isEmpty { text += ";host=\"\(authority)\"" }
    return text + ";proto=http"
  }

  /// The token names this very process, so its return means a loop (RFC 9110 §7.6.3).
  private static func isLoop(_ value: UnsafeRawBufferPointer, _ token: String) -> Bool {
    value.split { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ",") }.contains { $0.elementsEqual(token.utf8) }
  }
}
