internal import NIOCore

/// What a trailer section may carry on (RFC 9110 §6.5.1): no framing, routing, authentication or content description.
enum TrailerRules {
  /// The section as it goes out, with its closing empty line.
  ///
  /// - Parameter options: the head's, which speak for the whole message.
  static func forward(_ section: MessageHead, keep: Bool, options: HopByHop.Options) -> ByteBuffer {
    guard keep, !section.fields.isEmpty else { return ByteBuffer(staticString: "\r\n") }
    var out = ByteBuffer()
    out.reserveCapacity(section.bytes.readableBytes)
    let nominated = HopByHop.Options(section)
    section.withBytes { bytes in
      for field in section.fields where isAllowed(field.kind) {
        let name = Bytes.slice(bytes, field.name.range)
        if nominated.names(name) || options.names(name) { continue }
        HeadWriter.field(&out, name, Bytes.slice(bytes, field.value.range))
      }
    }
    out.writeStaticString("\r\n")
    return out
  }

  static func isAllowed(_ kind: FieldKind) -> Bool {
    if kind.isHopByHop { return false }
    switch kind {
    case .contentLength, .host, .trailer, .expect, .via, .cdnLoop, .maxForwards, .requestID, .forwarded, .xForwardedFor,
      .xForwardedProto, .xForwardedHost, .xForwardedPort, .authorization, .authentication, .cacheControl, .control,
      .conditional, .contentEncoding, .contentType, .contentRange, .setCookie, .cookie, .range, .acceptEncoding, .vary,
      .date, .gzproxyInstance, .gzproxyRSS, .gzproxyActive:
      return false
    default: return true
    }
  }
}
