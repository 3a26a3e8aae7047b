internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Puts one request after the other on an easy handle, and reads streamed bodies to it.
///
/// A class because libcurl keeps its address. Lives and dies on its loop thread. Guarantees: what libcurl was given stays
/// where it is until the next `prepare`. Costs nothing where a stream sends what the one before it sent.
final class RequestSender {
  private let easy: UnsafeMutableRawPointer
  private let options: TransferOptions
  private var parsedURL: OpaquePointer?
  private let signer: SigV4Signer?
  private let usesHTTP2: Bool
  private let hasCredentials: Bool
  private var request: TargetRequest?
  /// Header lines of a stream that differs from others.
  private var lines: [String] = []
  private(set) var url = ""
  private(set) var isTLS = false
  private(set) var method = "GET"
  private(set) var hasBody = false
  /// What went wrong on this side of the connection; nil when nothing did.
  private(set) var fault: String?

  /// This stream's own, where it differs from others.
  private var headers: UnsafeMutablePointer<curl_slist>?
  private var filled: RequestBody?
  private var file: StreamedFile?
  private var offset: Int64 = 0

  init(easy: UnsafeMutableRawPointer, options: TransferOptions) {
    self.easy = easy
    self.options = options
    signer = options.signer
    usesHTTP2 = options.usesHTTP2
    hasCredentials = options.hasCredentials
    let context = Unmanaged.passUnretained(self).toOpaque()
    ccurl_set_read(easy, bodyWanted)
    ccurl_set_pointer(easy, CURLOPT_READDATA, context)
    ccurl_set_seek(easy, bodyAgain)
    ccurl_set_pointer(easy, CURLOPT_SEEKDATA, context)
  }

  deinit { curl_slist_free_all(headers) }

  /// What was asked for last. Copies no text.
  var sent: SentRequest? {
    request.map {
      SentRequest(
        request: $0, url: url, method: method, lines: $0.isFixed ? nil : lines, length: length,
        hasCredentials: hasCredentials)
    }
  }

  /// Of the body that is sent; nil without one.
  private var length: Int64? {
    switch request?.body {
    case .none?, nil: nil
    case .held(let body)?: Int64(body.count)
    case .file(let file)?: file.length
    case .template?: filled.map { Int64($0.count) }
    }
  }

  /// Readies the handle for a stream of this target.
  func prepare(_ next: TargetRequest, stream: Int) {
    fault = nil
    offset = 0
    if next.isFixed {
      guard request !== next else { return }
      setURL(next.fixedURL)
      setParsedURL(options.parsedURL(next))
      setHeaders(next.fixedHeaders)
      setBody(next, stream: stream)
    } else {
      let hash = setBody(next, stream: stream)
      prepareVarying(next, stream: stream, payloadHash: hash)
    }
    request = next
  }

  private func prepareVarying(_ next: TargetRequest, stream: Int, payloadHash: String) {
    var url = next.url(stream: stream)
    var lines = next.headers(stream: stream)
    if let signer, let scope = next.scope {
      let signed = signer.sign(
        method: next.method, url: url, headers: lines, payloadHash: payloadHash, scope: scope,
        time: MonotonicClock.wallSeconds())
      (url, lines) = (signed.url, signed.headers)
    }
    setURL(url)
    setParsedURL(nil)
    self.lines = lines
    let made = HeaderList.make(lines)
    setHeaders(made)
    curl_slist_free_all(headers)
    headers = made
  }

  private func setURL(_ text: String) {
    guard text != url else { return }
    ccurl_set_string(easy, CURLOPT_URL, text)
    isTLS = text.prefix(6).lowercased() == "https:"
    if usesHTTP2 { setHTTP2() }
    url = text
  }

  /// Goes before `CURLOPT_URL`, which is still what redirects start from.
  private func setParsedURL(_ parsed: OpaquePointer?) {
    guard parsed != parsedURL else { return }
    parsedURL = parsed
    ccurl_set_pointer(easy, CURLOPT_CURLU, UnsafeRawPointer(parsed))
  }

  private func setHTTP2() {
    ccurl_set_http2(easy, isTLS ? 1 : 0)
    let shares = isTLS || CurlLibrary.has(.sharedClearHTTP2)
    // Wait for a connection's SETTINGS rather than open one for each lane.
    ccurl_set_long(easy, CURLOPT_PIPEWAIT, shares ? 1 : 0)
    ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, shares ? 0 : 1)
    ccurl_set_long(easy, CURLOPT_FORBID_REUSE, shares ? 0 : 1)
  }

  /// Whether a stream waits for a connection that is being made, and may be shared.
  func waitForConnections(_ waits: Bool) { ccurl_set_long(easy, CURLOPT_PIPEWAIT, waits ? 1 : 0) }

  private func setHeaders(_ list: UnsafeMutablePointer<curl_slist>?) {
    ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
  }

  /// Returns the body's hash where requests are signed.
  @discardableResult
  private func setBody(_ next: TargetRequest, stream: Int) -> String {
    file = nil
    hasBody = next.body.isSent
    var hash = next.payloadHash
    switch next.body {
    case .none: setMethod(next.method, bytes: nil, count: 0)
    case .held(let body): setMethod(next.method, bytes: body.start, count: Int64(body.count))
    case .file(let streamed):
      file = streamed
      setMethod(next.method, bytes: nil, count: streamed.length)
    case .template(let template):
      let bytes = next.bytes(of: template, stream: stream)
      if signer != nil { hash = SigV4.hash(bytes) }
      let body = RequestBody(bytes)
      setMethod(next.method, bytes: body.start, count: Int64(body.count))
      filled = body
    }
    return hash
  }

  /// libcurl's own switches where it has one, so that it frames the request as that method needs; the name alone for
  /// the rest.
  private func setMethod(_ name: String, bytes: UnsafeRawPointer?, count: Int64) {
    method = name
    // Takes HEAD's "no body" back, and the body of the target before.
    ccurl_set_long(easy, CURLOPT_HTTPGET, 1)
    ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
    if name == "HEAD", !hasBody {
      ccurl_set_long(easy, CURLOPT_NOBODY, 1)
      return
    }
    if hasBody || name == "POST" {
      ccurl_set_long(easy, CURLOPT_POST, 1)
      // Not copied: the bytes are the request's. None, and no length: libcurl reads them with `bodyWanted`.
      ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, file == nil ? bytes ?? Self.empty.start : nil)
      ccurl_set_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, count)
    }
    // Not for a plain POST, which libcurl turns into a GET where a redirect says so (RFC 9110 §15.4).
    if name != "POST" && (name != "GET" || hasBody) { ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, name) }
  }

  /// The address of a body without a byte: libcurl takes NULL for "read it".
  private static let empty = RequestBody([])
}

// What the callbacks do.
extension RequestSender {
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let file, offset < file.length else { return 0 }
    let count = file.read(at: offset, into: buffer)
    guard count > 0 else {
      fault = file.shrunk(at: offset)
      return Int(CURL_READFUNC_ABORT)
    }
    offset &+= Int64(count)
    return count
  }

  fileprivate func seek(to place: Int64) -> Bool {
    guard let file, (0...file.length).contains(place) else { return false }
    offset = place
    return true
  }
}

private func bodyWanted(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context, let buffer else { return 0 }
  return Unmanaged<RequestSender>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size &* count))
  }
}

/// libcurl sends a body again from its start when a kept-alive connection has died under it.
private func bodyAgain(_ context: UnsafeMutableRawPointer?, _ offset: Int, _ origin: Int32) -> Int32 {
  guard let context, origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
  return Unmanaged<RequestSender>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.seek(to: Int64(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
  }
}
