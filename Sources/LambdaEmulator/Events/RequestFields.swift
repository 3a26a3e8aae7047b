internal import NIOHTTP1

/// The header fields of a request as a front hands them on: without those of the connection, with its own.
enum RequestFields {
  /// In the client's order and spelling.
  ///
  /// - Parameter scheme: of the front as AWS runs it; ours is plain.
  static func forwarded(_ request: IncomingRequest, _ facts: InvocationFacts, scheme: String, port: Int) -> HTTPHeaders
  {
    var named = Set(dropped)
    for value in request.fields[canonicalForm: "connection"] { named.insert(value.lowercased()) }
    var fields = HTTPHeaders(request.fields.filter { !named.contains($0.name.lowercased()) })
    let earlier = request.fields[canonicalForm: "x-forwarded-for"].joined(separator: ", ")
    fields.replaceOrAdd(
      name: "X-Forwarded-For", value: (earlier.isEmpty ? "" : earlier + ", ") + request.clientAddress)
    fields.replaceOrAdd(name: "X-Forwarded-Port", value: String(port))
    fields.replaceOrAdd(name: "X-Forwarded-Proto", value: scheme)
    fields.replaceOrAdd(name: "X-Amzn-Trace-Id", value: facts.traceID)
    return fields
  }

  /// Of the connection, not of the request (RFC 9110 §7.6.1).
  private static let dropped = [
    "connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade", "expect",
  ]

  /// Lower-case names, each once. Lines of cookies are one line with semicolons (RFC 6265 §5.4); others are lists.
  static func joined(_ fields: HTTPHeaders, separator: String) -> [String: JSONValue] {
    var joined = fold(fields, true).mapValues { JSONValue.string($0.joined(separator: separator)) }
    let cookies = fields["cookie"]
    if cookies.count > 1 { joined["cookie"] = .string(cookies.joined(separator: "; ")) }
    return joined
  }

  /// Of fields that repeat, the last value.
  static func last(_ fields: HTTPHeaders, lowercased: Bool) -> [String: JSONValue] {
    fold(fields, lowercased).mapValues { .string($0.last ?? "") }
  }

  static func all(_ fields: HTTPHeaders, lowercased: Bool) -> [String: JSONValue] {
    fold(fields, lowercased).mapValues { .array($0.map { .string($0) }) }
  }

  /// Names that differ in case alone are one, spelled as the first of them.
  private static func fold(_ fields: HTTPHeaders, _ lowercased: Bool) -> [String: [String]] {
    var spelling: [String: String] = [:]
    var values: [String: [String]] = [:]
    for field in fields {
      let lower = field.name.lowercased()
      let name = lowercased ? lower : spelling[lower, default: field.name]
      spelling[lower] = name
      values[name, default: []].append(field.value)
    }
    return values
  }

  /// Each `k=v` of the Cookie fields.
  static func cookies(_ request: IncomingRequest) -> [String] {
    request.fields["cookie"].flatMap { $0.split(separator: ";") }.map { $0.trimmed }.filter { !$0.isEmpty }
  }
}

extension Substring {
  var trimmed: String { String(trimming { $0 == " " || $0 == "\t" }) }

  private func trimming(_ isSpace: (Character) -> Bool) -> Substring {
    var text = drop(while: isSpace)
    while let last = text.last, isSpace(last) { text.removeLast() }
    return text
  }
}
