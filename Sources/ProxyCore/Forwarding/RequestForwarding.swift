internal import NIOCore

/// The request head as it goes upstream (RFC 9110 §7.6). A pure function of the head, its facts and the socket's.
///
/// Everything end-to-end stays as it came, in its order. Host follows the policy: the upstream's authority (the name the
/// origin knows itself by), or what the client addressed, which goes on in Forwarded and X-Forwarded-Host in any case. What
/// a client says about itself in Forwarded and X-Forwarded-* is replaced by what the socket says, unless the peer is a
/// proxy that is trusted: then it is kept and added to.
enum RequestForwarding {
  struct Context: Sendable {
    var upstream: UpstreamTarget
    var hostPolicy: HostPolicy
    /// Names this process in Via and CDN-Loop; its return means a loop.
    var hopToken: String
    /// CDN-Loop is written in any case: it is made for loops, and no origin stops compressing for it (RFC 8586).
    var writesVia: Bool
    /// The peer's address without a port.
    var clientAddress: String
    var trustsPeer: Bool
    /// The port the client connected to.
    var localPort: Int
    /// How the client reached the first hop that is ours: `http`, or `https` where a front of AWS ends TLS before us.
    var scheme: StaticString = "http"
    /// Made for an earlier request of the same client; used where it fits.
    var known: KnownFields?
  }

  static func head(_ head: MessageHead, _ facts: RequestFacts, _ context: Context) throws(ProxyCause) -> ByteBuffer {
    guard case .request(_, let method, _) = head.start else { throw .malformedRequest }
    if let path = facts.path, !context.upstream.pathPrefix.isEmpty,
      head.withBytes({ PathSegments.climb(Bytes.slice($0, path)) })
    {
      throw .requestDenied
    }
    var out = ByteBuffer()
    out.reserveCapacity(head.bytes.readableBytes + 512)
    head.withBytes { bytes in
      out.writeBytes(Bytes.slice(bytes, method.range))
      writeTarget(&out, bytes, facts, context.upstream)
      out.writeStaticString(" HTTP/1.1\r\n")
      HeadWriter.field(&out, "host", host(facts, context))
    }
    try HeadWriter.fields(&out, head) { field, bytes throws(ProxyCause) in
      if isLoop(field.kind, Bytes.slice(bytes, field.value.range), context.hopToken) { throw .loopDetected }
      return isForwarded(field.kind, facts, context) && !facts.options.names(Bytes.slice(bytes, field.name.range))
    }
    let known = context.known?.isOf(facts) == true ? context.known : nil
    if let known { out.writeImmutableBuffer(known.client) } else { writeClient(&out, head, facts, context) }
    HeadWriter.field(&out, "x-request-id", facts.requestID)
    if let known { out.writeImmutableBuffer(known.token) } else { writeToken(&out, facts, context) }
    writeHop(&out, facts)
    return out
  }

  /// What all requests of one client have in common that address the same authority in the same version.
  struct KnownFields: Sendable {
    private let authority: String?
    private let version: MessageHead.Version
    let client: ByteBuffer
    let token: ByteBuffer

    /// Nil where earlier hops' fields are added to, and so are different each time.
    init?(_ head: MessageHead, _ facts: RequestFacts, _ context: Context) {
      guard !context.trustsPeer else { return nil }
      authority = facts.authority
      version = facts.version
      var (client, token) = (ByteBuffer(), ByteBuffer())
      writeClient(&client, head, facts, context)
      writeToken(&token, facts, context)
      self.client = client
      self.token = token
    }

    func isOf(_ facts: RequestFacts) -> Bool { facts.version == version && facts.authority == authority }
  }

  private static func host(_ facts: RequestFacts, _ context: Context) -> String {
    switch context.hostPolicy {
    case .rewrite: context.upstream.authority
    // HTTP/1.0 may say nothing; HTTP/1.1 may say that there is nothing to say.
    case .preserve: facts.authority ?? context.upstream.authority
    }
  }

  private static func isForwarded(_ kind: FieldKind, _ facts: RequestFacts, _ context: Context) -> Bool {
    if kind.isHopByHop { return false }
    switch kind {
    // What the Lambda Web Adapter tells of the invocation, account and credentials' owner among it, is for this hop.
    case .host, .requestID, .forwarded, .xForwardedFor, .lambdaContext: return false
    case .xForwardedProto, .xForwardedHost, .xForwardedPort: return context.trustsPeer
    case .maxForwards: return facts.maxForwards == nil
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
    if Bytes.slice(bytes, path).first != UInt8(ascii: "/") { out.writeStaticString("/") }
    out.writeBytes(Bytes.slice(bytes, path))
  }

  /// Who asked, and for what.
  private static func writeClient(
    _ out: inout ByteBuffer, _ head: MessageHead, _ facts: RequestFacts, _ context: Context
  ) {
    let forwarded = forwarded(facts, context)
    if context.trustsPeer {
      HeadWriter.list(&out, "forwarded", after: .forwarded, of: head, forwarded)
      HeadWriter.list(&out, "x-forwarded-for", after: .xForwardedFor, of: head, context.clientAddress)
    } else {
      HeadWriter.field(&out, "forwarded", forwarded)
      HeadWriter.field(&out, "x-forwarded-for", context.clientAddress)
    }
    let isOurs = { (kind: FieldKind) in !context.trustsPeer || head.count(of: kind) == 0 }
    if isOurs(.xForwardedProto) { HeadWriter.field(&out, "x-forwarded-proto", "\(context.scheme)") }
    if isOurs(.xForwardedHost), let authority = facts.authority, !authority.isEmpty {
      HeadWriter.field(&out, "x-forwarded-host", authority)
    }
    if isOurs(.xForwardedPort) { HeadWriter.field(&out, "x-forwarded-port", String(context.localPort)) }
  }

  /// Who passes it on.
  private static func writeToken(_ out: inout ByteBuffer, _ facts: RequestFacts, _ context: Context) {
    if context.writesVia {
      HeadWriter.field(&out, "via", "\(facts.version == .http10 ? "1.0" : "1.1") \(context.hopToken)")
    }
    HeadWriter.field(&out, "cdn-loop", context.hopToken)
  }

  /// What the next hop needs to know of the message.
  private static func writeHop(_ out: inout ByteBuffer, _ facts: RequestFacts) {
    if let count = facts.maxForwards { HeadWriter.field(&out, "max-forwards", String(max(0, count - 1))) }
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
    return text + ";proto=\(context.scheme)"
  }

  /// The token names this very process, so its return means a loop (RFC 9110 §7.6.3, RFC 8586 §2).
  private static func isLoop(_ kind: FieldKind, _ value: UnsafeRawBufferPointer, _ token: String) -> Bool {
    guard kind == .via || kind == .cdnLoop else { return false }
    return value.split { $0 == 32 || $0 == 9 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") }
      .contains { $0.elementsEqual(token.utf8) }
  }
}
