internal import CCurl

/// One blocking GET of `/events` for a thread with nothing else to do: lasts until the other side ends it, is silent for
/// `silence`, or somebody has enough.
///
/// Bounded by libcurl and `RecordParser`: heads of some hundred KiB, lines of some MiB.
enum EventsGet {
  /// Milliseconds.
  static let connectTimeout = 3000
  /// Seconds: a run tells at least one sample a second.
  static let silence = 20

  enum End: Equatable {
    /// The other side ended it in order.
    case over
    /// The connection failed or broke, in a few words.
    case broken(String)
    /// What is there serves no events, in a few words.
    case refused(String)
    /// `take` said false.
    case enough
  }

  /// - Parameters:
  ///   - header: told once for each record that begins.
  ///   - take: told the events as they come, some at a time; false ends it.
  static func follow(
    _ url: String, connected: @escaping () -> Bool, take: @escaping (RecordHeader?, [RecordEvent]) -> Bool
  ) -> End {
    guard CurlLibrary.isReady, let easy = curl_easy_init() else { return .broken("libcurl has no memory") }
    defer { curl_easy_cleanup(easy) }
    let body = EventsBody(easy: easy, connected: connected, take: take)
    let code = withExtendedLifetime(body) {
      apply(to: easy, url: url, body: body)
      return curl_easy_perform(easy)
    }
    if let end = body.end { return end }
    let status = ccurl_info_long(easy, CURLINFO_RESPONSE_CODE)
    if code == CURLE_OK, status != 200 { return .refused("HTTP \(status)") }
    if code == CURLE_OK { return .over }
    return .broken(String(cString: curl_easy_strerror(code)))
  }

  private static func apply(to easy: UnsafeMutableRawPointer, url: String, body: EventsBody) {
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    ccurl_set_web_only(easy)
    ccurl_set_quick_exit(easy)
    ccurl_set_http11(easy)
    // An empty string, and not NULL: NULL would look into the environment.
    ccurl_set_string(easy, CURLOPT_PROXY, "")
    ccurl_set_string(easy, CURLOPT_URL, url)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
    ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
    ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, silence)
    ccurl_set_write(easy, CURLOPT_HEADERFUNCTION, headArrived)
    ccurl_set_write(easy, CURLOPT_WRITEFUNCTION, eventsArrived)
    let context = Unmanaged.passUnretained(body).toOpaque()
    ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
  }
}

/// What arrives on one connection. A class because libcurl keeps its address.
private final class EventsBody {
  /// Why it was ended here; nil while it was not.
  private(set) var end: EventsGet.End?
  private let easy: UnsafeMutableRawPointer
  private let connected: () -> Bool
  private let take: (RecordHeader?, [RecordEvent]) -> Bool
  private var parser = RecordParser()
  private var hasHeader = false

  init(
    easy: UnsafeMutableRawPointer, connected: @escaping () -> Bool,
    take: @escaping (RecordHeader?, [RecordEvent]) -> Bool
  ) {
    self.easy = easy
    self.connected = connected
    self.take = take
  }

  /// A line of the head; the blank one is its end. False ends the transfer.
  func receive(head line: UnsafeRawBufferPointer) -> Bool {
    guard line.first == 13 || line.first == 10 else { return true }
    let status = ccurl_info_long(easy, CURLINFO_RESPONSE_CODE)
    if (100..<200).contains(status) { return true }
    if status != 200 { end = .refused("HTTP \(status)") } else if !connected() { end = .enough }
    return end == nil
  }

  /// False ends the transfer.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var events: [RecordEvent] = []
    do {
      try parser.receive(bytes) { event in
        events.append(event)
        return true
      }
    } catch {
      end = .refused("it sends no record that this version reads")
      return false
    }
    let header = hasHeader ? nil : parser.header
    hasHeader = parser.header != nil
    if !take(header, events) { end = .enough }
    return end == nil
  }
}

private func headArrived(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int { hand(data, size &* count, context) { $0.receive(head: $1) } }

private func eventsArrived(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int { hand(data, size &* count, context) { $0.receive($1) } }

/// Anything but the length ends the transfer with CURLE_WRITE_ERROR.
private func hand(
  _ data: UnsafeMutablePointer<CChar>?, _ length: Int, _ context: UnsafeMutableRawPointer?,
  _ take: (EventsBody, UnsafeRawBufferPointer) -> Bool
) -> Int {
  guard let context, let data, length > 0 else { return length }
  let isTaken = Unmanaged<EventsBody>.fromOpaque(context)._withUnsafeGuaranteedRef {
    take($0, UnsafeRawBufferPointer(start: data, count: length))
  }
  return isTaken ? length : 0
}
