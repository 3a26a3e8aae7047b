internal import CCurl

/// One blocking request for a thread with nothing else to do: whole answers of a few MiB at most, and never longer than
/// `timeout`. A connection of its own each time, so that the load's are not mixed with what measures it.
enum BriefRequest {
  static let maximumBytes = 4 << 20
  static let tooLarge = "larger than any stats"

  enum Answer: Equatable {
    case body([UInt8])
    /// In a few words: `HTTP 404`, `Couldn't connect to server`.
    case failure(String)
  }

  /// - Parameter timeout: in milliseconds, for everything.
  static func get(_ url: String, timeout: Int) -> Answer { answer(url, timeout: timeout) }

  /// A POST without a body.
  ///
  /// - Parameter timeout: in milliseconds, for everything.
  static func post(_ url: String, timeout: Int) -> Answer {
    answer(url, timeout: timeout) { easy in
      ccurl_set_long(easy, CURLOPT_POST, 1)
      ccurl_set_off(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
    }
  }

  private static func answer(
    _ url: String, timeout: Int, _ prepare: (UnsafeMutableRawPointer) -> Void = { _ in }
  ) -> Answer {
    guard CurlLibrary.isReady, let easy = curl_easy_init() else { return .failure("libcurl has no memory") }
    defer { curl_easy_cleanup(easy) }
    let body = BriefBody()
    let code = withExtendedLifetime(body) {
      apply(to: easy, url: url, timeout: timeout, body: body)
      prepare(easy)
      return curl_easy_perform(easy)
    }
    guard code == CURLE_OK else {
      if code == CURLE_OPERATION_TIMEDOUT { return .failure("no answer within \(timeout / 1000) s") }
      return .failure(body.isTooLarge ? tooLarge : String(cString: curl_easy_strerror(code)))
    }
    let status = ccurl_info_long(easy, CURLINFO_RESPONSE_CODE)
    return status == 200 ? .body(body.bytes) : .failure("HTTP \(status)")
  }

  private static func apply(to easy: UnsafeMutableRawPointer, url: String, timeout: Int, body: BriefBody) {
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    ccurl_set_web_only(easy)
    ccurl_set_quick_exit(easy)
    ccurl_set_http11(easy)
    // An empty string, and not NULL: NULL would look into the environment.
    ccurl_set_string(easy, CURLOPT_PROXY, "")
    ccurl_set_string(easy, CURLOPT_URL, url)
    ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, timeout)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout)
    ccurl_set_write(easy, CURLOPT_WRITEFUNCTION, briefBodyArrived)
    ccurl_set_pointer(easy, CURLOPT_WRITEDATA, Unmanaged.passUnretained(body).toOpaque())
  }
}

/// What has arrived of one answer. A class because libcurl keeps its address.
private final class BriefBody {
  private(set) var bytes: [UInt8] = []
  private(set) var isTooLarge = false

  /// False ends the transfer.
  func receive(_ more: UnsafeRawBufferPointer) -> Bool {
    isTooLarge = more.count > BriefRequest.maximumBytes - bytes.count
    if !isTooLarge { bytes.append(contentsOf: more) }
    return !isTooLarge
  }
}

private func briefBodyArrived(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let length = size &* count
  guard let context, let data, length > 0 else { return length }
  let isTaken = Unmanaged<BriefBody>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.receive(UnsafeRawBufferPointer(start: data, count: length))
  }
  // Anything but the length ends the transfer with CURLE_WRITE_ERROR.
  return isTaken ? length : 0
}
