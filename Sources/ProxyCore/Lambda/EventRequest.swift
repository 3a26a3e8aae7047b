internal import NIOCore

/// The request of an event as the HTTP/1.1 message that it once was, so that it goes through the same parser and the same
/// rules as any client's. Pure.
enum EventRequest {
  /// - Parameter trace: the invocation's, which stands in for the event's.
  /// - Throws: when a part could not stand in a message without changing it.
  static func head(_ event: LambdaEvent, trace: String?) throws(ProxyCause) -> ByteBuffer {
    guard isToken(event.method) else { throw .malformedRequest }
    var out = ByteBuffer()
    out.writeString("\(event.method) \(target(event)) HTTP/1.1\r\n")
    try write(&out, "host", event.first("host") ?? event.domainName ?? "")
    for field in event.fields where isEndToEnd(field) { try write(&out, field.name, field.value) }
    if let trace = trace ?? event.first("x-amzn-trace-id"), !trace.isEmpty {
      try write(&out, "x-amzn-trace-id", trace)
    }
    if !event.body.isEmpty || mayHaveBody(event.method) {
      out.writeString("content-length: \(event.body.count)\r\n")
    }
    out.writeStaticString("\r\n")
    return out
  }

  private static func target(_ event: LambdaEvent) -> String {
    let path = PercentEncoding.path(event.path.utf8.first == UInt8(ascii: "/") ? event.path : "/" + event.path)
    let query = PercentEncoding.target(unsigned(event.query))
    return query.isEmpty ? path : "\(path)?\(query)"
  }

  /// A signature in the query let the caller in here; with its token it is nobody else's business.
  private static func unsigned(_ query: String) -> String {
    guard query.contains("X-Amz-Signature=") else { return query }
    return query.split(separator: "&", omittingEmptySubsequences: false).filter { !$0.hasPrefix("X-Amz-") }
      .joined(separator: "&")
  }

  private static func mayHaveBody(_ method: String) -> Bool {
    method == "POST" || method == "PUT" || method == "PATCH"
  }

  /// What is for this hop stays here: its framing, what AWS says to the function, and the signature that let the caller in.
  private static func isEndToEnd(_ field: LambdaEvent.Field) -> Bool {
    let name = field.name.lowercased()
    switch name {
    case "host", "content-length", "transfer-encoding", "expect", "te", "trailer": return false
    case "authorization": return !field.value.hasPrefix("AWS4-")
    default: return !name.hasPrefix("x-amz-") && !name.hasPrefix("x-amzn-") && !name.hasPrefix("lambda-runtime-")
    }
  }

  private static func write(_ out: inout ByteBuffer, _ name: String, _ value: String) throws(ProxyCause) {
    guard isToken(name), value.utf8.allSatisfy({ ByteClass.matches($0, ByteClass.fieldText) }) else {
      throw .malformedRequest
    }
    out.writeString("\(name): \(value)\r\n")
  }

  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { ByteClass.matches($0, ByteClass.token) }
  }
}
