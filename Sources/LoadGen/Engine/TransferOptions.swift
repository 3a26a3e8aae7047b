internal import CCurl
internal import ToolSupport

/// What every request of a run has in common, in libcurl's terms. A loop thread owns one; its transfers point into
/// it, so it outlives them.
final class TransferOptions {
  let validation: ValidationMode
  let usesHTTP2: Bool
  let followsRedirects: Bool
  /// Somebody looks at single streams: when their bytes come is written down.
  let showsStreams: Bool
  /// Nil where requests are not signed.
  let signer: SigV4Signer?
  /// Requests carry those of `-u` as HTTP Basic.
  let hasCredentials: Bool
  /// Names of response fields that are judged by, in lower case.
  let essentialFields: Set<String>
  var receiveBuffers: ReceiveBuffers
  private let plan: LoadPlan
  /// By the target's index; nil for a URL that libcurl does not understand, and will say so.
  private var parsedURLs: [Int: OpaquePointer?] = [:]
  private let connectTo: UnsafeMutablePointer<curl_slist>?
  private let resolve: UnsafeMutablePointer<curl_slist>?

  /// What curl follows by itself, without `--max-redirs`, is 50; nobody means more than this.
  static let maximumRedirects = 10

  init(plan: LoadPlan) {
    self.plan = plan
    validation = plan.validation
    usesHTTP2 = plan.network.usesHTTP2
    followsRedirects = plan.network.followsRedirects
    showsStreams = plan.publishesLanes
    hasCredentials = plan.credentials != nil
    signer = plan.signing.map(SigV4Signer.init)
    essentialFields = HeadCollector.essentialNames.union(plan.expectations.headers.map { $0.0.lowercased() })
    receiveBuffers = ReceiveBuffers(
      targets: plan.targets.count, most: LoadPlan.receiveBuffer(concurrency: plan.concurrency))
    connectTo = HeaderList.make(plan.network.connectTo)
    resolve = HeaderList.make(plan.network.resolve)
  }

  deinit {
    curl_slist_free_all(connectTo)
    curl_slist_free_all(resolve)
    for case let url? in parsedURLs.values { curl_url_cleanup(url) }
  }

  /// The URL of a target whose streams all ask for the same, taken apart once and not with each request: that is a seventh
  /// of what libcurl does for a small one. As long-lived as this object.
  func parsedURL(_ request: TargetRequest) -> OpaquePointer? {
    if let known = parsedURLs[request.index] { return known }
    let parsed = ccurl_url_parse(request.fixedURL)
    parsedURLs[request.index] = .some(parsed)
    return parsed
  }

  /// Sets on a new handle all that never changes. What a target alone has is set with each stream.
  func apply(to easy: UnsafeMutableRawPointer) {
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    ccurl_set_web_only(easy)
    ccurl_set_quick_exit(easy)
    // `/a/../b` is sent as it was typed: what a proxy makes of it may be the question.
    ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    ccurl_set_long(easy, CURLOPT_HTTP_CONTENT_DECODING, 0)
    ccurl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(clamping: plan.connectTimeout.nanoseconds / 1_000_000)))
    applyTLS(to: easy)
    applyProxy(to: easy)
    applyRoute(to: easy)
    applyConnection(to: easy)
    if let credentials = plan.credentials {
      ccurl_set_basic(easy, CURLOPT_HTTPAUTH)
      ccurl_set_string(easy, CURLOPT_USERNAME, credentials.user)
      ccurl_set_string(easy, CURLOPT_PASSWORD, credentials.password)
    }
  }

  private func applyTLS(to easy: UnsafeMutableRawPointer) {
    ccurl_set_long(easy, CURLOPT_SSL_VERIFYPEER, plan.insecure ? 0 : 1)
    ccurl_set_long(easy, CURLOPT_SSL_VERIFYHOST, plan.insecure ? 0 : 2)
    if let file = plan.network.authorities { ccurl_set_string(easy, CURLOPT_CAINFO, file) }
    guard let certificate = plan.network.certificate else { return }
    ccurl_set_string(easy, CURLOPT_SSLCERT, certificate)
    ccurl_set_string(easy, CURLOPT_SSLKEY, plan.network.key ?? certificate)
    // An encrypted key fails; without this OpenSSL would ask the terminal for its password, once a connection.
    ccurl_set_string(easy, CURLOPT_KEYPASSWD, "")
  }

  private func applyProxy(to easy: UnsafeMutableRawPointer) {
    // Empty strings, and not NULL: NULL would look into the environment.
    ccurl_set_string(easy, CURLOPT_PROXY, plan.network.proxy ?? "")
    ccurl_set_string(easy, CURLOPT_NOPROXY, "")
    guard plan.network.proxy != nil else { return }
    ccurl_set_basic(easy, CURLOPT_PROXYAUTH)
    // The head of a proxy's answer to CONNECT is none of the target's.
    ccurl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
  }

  private func applyRoute(to easy: UnsafeMutableRawPointer) {
    if let path = plan.network.unixSocket { ccurl_set_string(easy, CURLOPT_UNIX_SOCKET_PATH, path) }
    if connectTo != nil { ccurl_set_list(easy, CURLOPT_CONNECT_TO, connectTo) }
    if resolve != nil { ccurl_set_list(easy, CURLOPT_RESOLVE, resolve) }
    switch plan.network.addresses {
    case .any: break
    case .ipv4: ccurl_set_long(easy, CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V4))
    case .ipv6: ccurl_set_long(easy, CURLOPT_IPRESOLVE, Int(CURL_IPRESOLVE_V6))
    }
  }

  private func applyConnection(to easy: UnsafeMutableRawPointer) {
    // The way to HTTP/2 depends on the URL: see `RequestSender`.
    if !usesHTTP2 { ccurl_set_http11(easy) }
    if !plan.network.keepsConnections {
      ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1)
      ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1)
    }
    ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, followsRedirects ? 1 : 0)
    ccurl_set_long(easy, CURLOPT_MAXREDIRS, Self.maximumRedirects)
  }
}
