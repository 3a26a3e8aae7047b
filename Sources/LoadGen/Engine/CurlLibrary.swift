internal import CCurl
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What concerns the whole of libcurl in this process.
enum CurlLibrary {
  /// Initialises libcurl once; whoever asks second waits for the first. SIGPIPE is ignored because every handle sets
  /// CURLOPT_NOSIGNAL, which leaves that to us.
  static let isReady: Bool = {
    signal(SIGPIPE, SIG_IGN)
    ccurl_keep_freed_memory()
    return ccurl_global_init() == CURLE_OK
  }()

  /// Refuses what could never be requested, in the words of a usage error.
  static func check(target: String) throws(ToolFailure) {
    guard let url = curl_url() else { throw ToolFailure(.couldNotRun, "libcurl: out of memory") }
    defer { curl_url_cleanup(url) }
    guard curl_url_set(url, CURLUPART_URL, target, 0) == CURLUE_OK else {
      throw .usage("\(target): not a URL; expected http://HOST[:PORT]/PATH or https://…")
    }
    var scheme: UnsafeMutablePointer<CChar>?
    defer { curl_free(scheme) }
    guard curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme,
      ["http", "https"].contains(String(cString: scheme))
    else { throw .usage("\(target): only http:// and https:// targets can be loaded") }
  }

  /// The environment variables that would have sent curl through a proxy and here do not.
  static func ignoredProxyVariables() -> [String] {
    ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].filter { name in
      guard let value = getenv(name) else { return false }
      return value.pointee != 0
    }
  }
}
