internal import CCurl
internal import ToolSupport

/// What every request of a run has in common, in libcurl's terms. A loop thread owns one; its transfers point into
/// it, so it outlives them.
final class TransferOptions {
  let method: String
  let bufferSize: Int
  let connectTimeoutMilliseconds: Int
  let verifiesPeer: Bool
  let validation: ValidationMode
  /// Names of response fields that are judged by, in lower case.
  let essentialFields: Set<String>
  private(set) var headers: UnsafeMutablePointer<curl_slist>?
  private let body: RequestBody?

  var hasBody: Bool { body != nil }

  init(plan: LoadPlan, body: RequestBody?) {
    self.body = body
    method = plan.method
    bufferSize = LoadPlan.receiveBuffer(concurrency: plan.concurrency)
    connectTimeoutMilliseconds = max(1, Int(clamping: plan.connectTimeout.nanoseconds / 1_000_000))
    verifiesPeer = !plan.insecure
    validation = plan.validation
    essentialFields = HeadCollector.essentialNames.union(plan.expectations.headers.map { $0.0.lowercased() })
    for line in Self.headerLines(plan.headers) {
      // A null result is "out of memory" and leaves the list as it was.
      if let longer = curl_slist_append(headers, line) { headers = longer }
    }
  }

  deinit { curl_slist_free_all(headers) }

  /// The plan's own lines and the defaults they do not replace: gzip is asked for, and no 100-continue is waited for,
  /// which would add a round trip (or a second) that no other client of the target has.
  static func headerLines(_ own: [String]) -> [String] {
    var lines = own
    for line in ["Accept-Encoding: gzip", "Expect:", "User-Agent: gzload/\(ToolVersion.current)"]
    where !own.contains(where: { name($0) == name(line) }) {
      lines.append(line)
    }
    return lines
  }

  /// Of `Name: value`, `Name:` (remove) and `Name;` (send empty), as curl spells them.
  private static func name(_ line: String) -> String {
    line.prefix { $0 != ":" && $0 != ";" }.lowercased()
  }

  /// Sets on a new handle all that never changes. The target's URL is set with each stream.
  func apply(to easy: UnsafeMutableRawPointer) {
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    ccurl_set_web_only(easy)
    ccurl_set_quick_exit(easy)
    ccurl_set_http11(easy)
    // An empty string, and not NULL: NULL would look into the environment.
    ccurl_set_string(easy, CURLOPT_PROXY, "")
    ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    // `/a/../b` is sent as it was typed: what a proxy makes of it may be the question.
    ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    ccurl_set_long(easy, CURLOPT_HTTP_CONTENT_DECODING, 0)
    ccurl_set_long(easy, CURLOPT_BUFFERSIZE, bufferSize)
    ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, connectTimeoutMilliseconds)
    ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, verifiesPeer ? 1 : 0)
    ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, verifiesPeer ? 2 : 0)
    ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers)
    applyMethod(to: easy)
  }

  /// libcurl's own switches where it has one, so that it frames the request as that method needs; the name alone for
  /// the rest.
  private func applyMethod(to easy: UnsafeMutableRawPointer) {
    switch method {
    case "HEAD":
      ccurl_set_long(easy, CURLOPT_NOBODY, 1)
    case "GET" where !hasBody:
      ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
    default:
      if hasBody || method == "POST" {
        ccurl_set_long(easy, CURLOPT_POST, 1)
        // Not copied: the buffer is this object's.
        ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, body?.start)
        ccurl_set_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, Int64(body?.count ?? 0))
      }
      ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, method)
    }
  }
}
