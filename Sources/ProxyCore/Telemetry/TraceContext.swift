/// The trace ids that a request brings: W3C `traceparent` and AWS's `X-Amzn-Trace-Id`. Pure.
///
/// They are passed on as they came; only a malformed `traceparent`, and `tracestate` with it, is left out, as an origin
/// would have to do (W3C Trace Context §3.2, §4.3).
enum TraceContext {
  /// Whether a head's trace context is to be left out: there is one, but not exactly one well-formed one.
  static func isMalformed(_ head: MessageHead) -> Bool {
    let count = head.count(of: .traceparent)
    if count == 0 { return false }
    guard count == 1, let field = head.first(.traceparent) else { return true }
    return head.withBytes { traceID(Bytes.slice($0, field.value.range)) == nil }
  }

  /// For logs: the W3C trace id, else the root that a load balancer of AWS gave.
  static func id(_ head: MessageHead) -> String? {
    if head.count(of: .traceparent) == 1, let field = head.first(.traceparent) {
      let id = head.withBytes { bytes in
        traceID(Bytes.slice(bytes, field.value.range)).map { String(decoding: $0, as: UTF8.self) }
      }
      if let id { return id }
    }
    guard let field = head.first(.amznTraceID) else { return nil }
    return head.withBytes { bytes in
      amznRoot(Bytes.slice(bytes, field.value.range)).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The trace id of a well-formed `traceparent`: `version-traceid-parentid-flags` in lower-case hex, ids not all zero.
  /// A later version may have more behind another `-`; version ff is forbidden.
  static func traceID(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let dash = UInt8(ascii: "-")
    guard value.count >= 55, value[2] == dash, value[35] == dash, value[52] == dash else { return nil }
    let version = Bytes.slice(value, 0..<2)
    let trace = Bytes.slice(value, 3..<35)
    let parent = Bytes.slice(value, 36..<52)
    guard isHex(version), isHex(trace), isHex(parent), isHex(Bytes.slice(value, 53..<55)) else { return nil }
    guard !Bytes.equals(version, "ff"), !isZero(trace), !isZero(parent) else { return nil }
    if value.count > 55, Bytes.equals(version, "00") || value[55] != dash { return nil }
    return trace
  }

  /// `Root=1-8hex-24hex` among the members between semicolons.
  static func amznRoot(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    for member in value.split(separator: UInt8(ascii: ";")) {
      let text = Bytes.slice(value, Bytes.trimmed(value, member.startIndex..<member.endIndex))
      guard text.count == 40, Bytes.equalsIgnoringCase(Bytes.slice(text, 0..<5), "root=") else { continue }
      let root = Bytes.slice(text, 5..<40)
      guard root[0] == UInt8(ascii: "1"), root[1] == UInt8(ascii: "-"), root[10] == UInt8(ascii: "-") else { continue }
      if ByteClass.isAll(Bytes.slice(root, 2..<10), ByteClass.hexDigit),
        ByteClass.isAll(Bytes.slice(root, 11..<35), ByteClass.hexDigit)
      {
        return root
      }
    }
    return nil
  }

  private static func isHex(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.allSatisfy { $0 == 48 } }
}
