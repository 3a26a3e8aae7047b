internal import NIOCore
internal import NIOHTTP1

/// A client's request, whole.
struct IncomingRequest: Sendable {
  var method: String
  /// Still percent-encoded, without the query; never empty.
  var path: String
  /// Behind the first `?`, as sent. Empty for none.
  var query: String
  var version: String
  var fields: HTTPHeaders
  var body: ByteBuffer
  /// Of the connection's other end.
  var clientAddress: String
  /// The front's own.
  var port: Int

  init(_ head: HTTPRequestHead, body: ByteBuffer, clientAddress: String, port: Int) {
    method = head.method.rawValue
    version = "HTTP/\(head.version.major).\(head.version.minor)"
    fields = head.headers
    self.body = body
    self.clientAddress = clientAddress
    self.port = port
    (path, query) = Self.split(head.uri)
  }

  /// The first value of a field.
  func field(_ name: String) -> String? { fields.first(name: name) }

  /// `http://host/path` is the path to us, and so is `*`.
  private static func split(_ target: String) -> (path: String, query: String) {
    var rest = Substring(target)
    if let scheme = rest.range(of: "://"), !rest.hasPrefix("/") {
      rest = rest[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let path = parts.first.map(String.init) ?? ""
    return (path.isEmpty ? "/" : path, parts.count > 1 ? String(parts[1]) : "")
  }
}

extension Substring {
  /// Without Foundation.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text), let end = index(start, offsetBy: text.count, limitedBy: endIndex) {
        return start..<end
      }
      start = index(after: start)
    }
    return nil
  }
}

/// What an invocation is called and when it began.
struct InvocationFacts: Sendable {
  var requestID: String
  /// `Root=1-…-…;…`, as in `x-amzn-trace-id`.
  var traceID: String
  /// Since 1970.
  var milliseconds: Int64
  var function: FunctionIdentity
}
