internal import CCurl

/// Header lines as libcurl takes them.
enum HeaderList {
  /// The caller frees it. A line that there is no memory for is left out.
  static func make(_ lines: [String]) -> UnsafeMutablePointer<curl_slist>? {
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines {
      // A null result is "out of memory" and leaves the list as it was.
      if let longer = curl_slist_append(list, line) { list = longer }
    }
    return list
  }
}
