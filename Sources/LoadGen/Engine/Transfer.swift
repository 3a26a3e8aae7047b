internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One libcurl easy handle and the stream it carries, one stream after the other on the same handle and, when the peer
/// keeps it open, on the same connection.
///
/// A class because libcurl keeps its address: the callbacks reach it. Lives and dies on its loop thread. A body
/// callback costs one clock reading and what the judge does; it allocates and locks nothing.
final class Transfer {
  let easy: UnsafeMutableRawPointer
  /// Index of the lane on its thread.
  let slot: Int
  private(set) var clock = StreamClock()
  private(set) var bandwidth = BandwidthCap()
  private(set) var collector: HeadCollector
  let judge: BodyJudge
  /// Whether `judge.begin` was called for this stream and `finish` is due.
  private(set) var isJudging = false
  /// Whether what the judge knows is this stream's, running or over.
  private(set) var hasBegunBody = false
  /// When the bytes of the running or the last body came; nil where nobody looks at single streams.
  private(set) var arrivals: ArrivalStrip?
  /// What the handle is added to; kept, so that it outlives the handle.
  let multi: CurlMulti

  private let options: TransferOptions
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let sender: RequestSender
  private var target = 0
  /// What libcurl was told to read at once.
  private var receiveBuffer = 0
  /// What came instead of HTTP/2 where nothing else will do.
  private var unwantedVersion: String?
  /// A connection was there, and no answer in the version that was taken for granted.
  private var isSilentInHTTP2 = false
  /// The proxy that was asked for a tunnel did not answer.
  private var hasFailedTunnel = false
  /// What the run's libcurl says where it cannot go on to the URL of a redirect.
  private var isStuckRedirect = false
  /// Of a connection that could not be made.
  private var socketError: Int32 = 0
  private var uploaded: Int64 = 0
  private var sends = 0
  /// What the running or the last stream was sent over; nil while it has none.
  private(set) var connection: StreamSeats.Connection?

  /// Nil when libcurl has no memory.
  init?(slot: Int, multi: CurlMulti, options: TransferOptions, judge: BodyJudge) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.slot = slot
    self.multi = multi
    self.options = options
    collector = HeadCollector(essential: options.essentialFields, followsRedirects: options.followsRedirects)
    self.judge = judge
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    options.apply(to: easy)
    sender = RequestSender(easy: easy, options: options)
    if options.showsStreams { arrivals = ArrivalStrip() }
    let context = Unmanaged.passUnretained(self).toOpaque()
    ccurl_set_pointer(easy, CURLOPT_PRIVATE, context)
    ccurl_set_write(easy, CURLOPT_WRITEFUNCTION, bodyArrived)
    ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    ccurl_set_write(easy, CURLOPT_HEADERFUNCTION, headerArrived)
    ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    ccurl_set_prereq(easy, requestIsNext)
    ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
    ccurl_set_sockopt(easy, socketOpened)
    ccurl_set_pointer(easy, CURLOPT_SOCKOPTDATA, context)
    multi.follow(socketsOf: easy)
    ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
  }

  deinit {
    curl_easy_cleanup(easy)
    errorText.deallocate()
  }

  /// Readies the handle for a stream of the plan. What the stream before it sent too is not set again.
  func begin(_ request: TargetRequest, stream: Int, now: Int64) {
    clock.begin(now)
    bandwidth = BandwidthCap()
    collector.reset()
    isJudging = false
    hasBegunBody = false
    arrivals?.reset()
    uploaded = 0
    sends = 0
    connection = nil
    errorText[0] = 0
    unwantedVersion = nil
    socketError = 0
    isSilentInHTTP2 = false
    target = request.index
    hasFailedTunnel = false
    isStuckRedirect = false
    setReceiveBuffer(options.receiveBuffers.size(target: target))
    sender.prepare(request, stream: stream)
    if let seats = multi.seats { sender.waitForConnections(!seats.isHopeless) }
  }

  private func setReceiveBuffer(_ bytes: Int) {
    guard bytes != receiveBuffer else { return }
    receiveBuffer = bytes
    ccurl_set_long(easy, CURLOPT_BUFFERSIZE, bytes)
  }

  /// The URL of the running stream, as it is sent first.
  var url: String { sender.url }
  /// What the running or the last stream asked for; nil before the first.
  var sent: SentRequest? { sender.sent }
  private var isTLS: Bool { sender.isTLS }

  /// What the stream's end looked like to libcurl.
  func end(code: CURLcode) -> OutcomeMapper.End {
    collector.settle()
    if code == CURLE_TOO_MANY_REDIRECTS { collector.stopAtRedirect() }
    if code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT, clock.connected != 0 {
      collector.stopAtRedirect()
      isStuckRedirect = collector.isComplete
    }
    hasFailedTunnel = code == CURLE_OPERATION_TIMEDOUT && errorMentions("proxy connect")
    isSilentInHTTP2 = options.usesHTTP2 && !isTLS && code != CURLE_OK && clock.connected != 0 && !collector.isComplete
    socketError =
      code == CURLE_COULDNT_CONNECT ? Int32(truncatingIfNeeded: ccurl_info_long(easy, CURLINFO_OS_ERRNO)) : 0
    return OutcomeMapper.End(
      code: code,
      osError: code == CURLE_OK ? 0 : Int32(truncatingIfNeeded: ccurl_info_long(easy, CURLINFO_OS_ERRNO)),
      phase: phase, isTLS: isTLS, hasHead: collector.isComplete,
      hasConflictingFraming: collector.hasConflictingFraming,
      hasChunkError: code == CURLE_RECV_ERROR && errorMentions("chunk"),
      isRefusedTunnel: code == CURLE_RECV_ERROR && errorMentions("connect tunnel"),
      streamEnd: code == CURLE_HTTP2_STREAM ? OutcomeMapper.streamEnd(errorDetail) : .reset)
  }

  /// The verdict on the body; without a head there was none to judge.
  func judgement(transport: TransportOutcome) -> BodyJudgement {
    guard isJudging else {
      return BodyJudgement(
        verdict: .unchecked, treatment: .off, bytesWire: 0, bytesDecoded: 0)
    }
    isJudging = false
    return judge.finish(transport: transport)
  }

  /// How often libcurl sent the stream's request again (`Counters.repeatedRequests`).
  var repeats: Int {
    // A redirect that was followed is another request, and not the same one again.
    let followed = options.followsRedirects ? ccurl_info_long(easy, CURLINFO_REDIRECT_COUNT) : 0
    return max(0, sends &- 1 &- followed)
  }

  /// A response to HEAD declares a length and brings no body.
  var expectsBody: Bool { sender.method != "HEAD" }

  /// Body bytes of the running stream.
  var bytesWire: Int64 { isJudging ? judge.bytesWire : 0 }
  var bytesDecoded: Int64 { isJudging ? judge.bytesDecoded : 0 }

  /// Nothing moved for `limit`, in either direction. libcurl tells nobody what it sends, so that is asked last.
  func isStalled(now: Int64, limit: Int64) -> Bool {
    guard clock.isStalled(now, limit: limit) else { return false }
    guard sender.hasBody else { return true }
    let sent = ccurl_info_off(easy, CURLINFO_SIZE_UPLOAD_T)
    guard sent > uploaded else { return true }
    uploaded = sent
    clock.activity(now)
    return false
  }

  /// The times of the connection, in microseconds; nil when the stream went over one that was there already.
  func connectionTimes() -> (dns: Int64, connect: Int64, tls: Int64?)? {
    guard ccurl_info_long(easy, CURLINFO_NUM_CONNECTS) > 0 else { return nil }
    let resolved = ccurl_info_off(easy, CURLINFO_NAMELOOKUP_TIME_T)
    let connected = ccurl_info_off(easy, CURLINFO_CONNECT_TIME_T)
    guard connected > 0 else { return nil }
    let secured = ccurl_info_off(easy, CURLINFO_APPCONNECT_TIME_T)
    return (resolved, connected &- resolved, secured > 0 ? secured &- connected : nil)
  }

  private var phase: OutcomeMapper.Phase {
    if clock.connected != 0 { return .connected }
    if hasFailedTunnel { return .connecting }
    if ccurl_info_off(easy, CURLINFO_NAMELOOKUP_TIME_T) == 0 { return .resolving }
    // Not CONNECT_TIME_T: libcurl 7.88 leaves that at 0 until TLS is done too.
    if ccurl_info_long(easy, CURLINFO_LOCAL_PORT) == 0 { return .connecting }
    return isTLS ? .securing : .connected
  }

  /// Why the stream could not be, where neither libcurl nor the response says it; one line.
  var explanation: String? {
    if let fault = sender.fault { return fault }
    if hasFailedTunnel {
      return "the proxy of -x accepted the connection and did not answer CONNECT; check that it is one"
    }
    if isStuckRedirect {
      return
        "it redirects to a URL that is not gone to (\(errorDetail)): only http:// and https:// are; see its Location"
    }
    if let lack = lackOfOurs { return lack }
    if isSilentInHTTP2 {
      let detail = errorDetail.isEmpty ? "" : " (\(errorDetail))"
      return
        "no answer in HTTP/2, which --http2 takes for granted on http://\(detail): if the target speaks HTTP/1.1 there,"
        + " drop --http2; else see its log"
    }
    guard let unwantedVersion else { return nil }
    return
      "HTTP/2 was asked for and HTTP/\(unwantedVersion) negotiated: the target, or whoever ends TLS before it, does"
      + " not offer h2; drop --http2 or turn it on there"
  }

  /// What this machine had no more of, where libcurl says no more than that it could not connect.
  private var lackOfOurs: String? {
    switch socketError {
    case EMFILE, ENFILE:
      "the tester has no file descriptor left for it; raise the limit (ulimit -n), or lower -c"
    case EADDRNOTAVAIL:
      "the tester's machine has no free port left towards the target: keep connections open (without --disable-keepalive),"
        + " lower the rate, or widen net.ipv4.ip_local_port_range"
    default: nil
    }
  }

  /// What libcurl says of the last failure, as one line.
  var errorDetail: String { errorText[0] == 0 ? "" : OptionText.shown(String(cString: errorText)) }

  private func errorMentions(_ word: String) -> Bool {
    String(cString: errorText).lowercased().contains(word)
  }
}

// What the callbacks do.
extension Transfer {
  /// False refuses the response.
  fileprivate func receive(header line: UnsafeRawBufferPointer) -> Bool {
    switch collector.receive(line) {
    // What stalls is looked for every 50 ms: the moment of this turn of the loop is exact enough, and costs nothing.
    case .more: clock.activity(max(clock.lastActivity, multi.moment))
    // No activity: a body that never ends in its trailers is as stuck as one that says nothing.
    case .trailer: break
    case .tooMuch: return false
    case .complete:
      clock.headComplete(MonotonicClock.now())
      if options.usesHTTP2, collector.head.version != "2" {
        unwantedVersion = collector.head.version
        return false
      }
      judge.begin(target: target, method: sender.method, head: collector.head)
      isJudging = true
      hasBegunBody = true
    }
    return true
  }

  fileprivate func receive(body bytes: UnsafeRawBufferPointer) {
    let now = MonotonicClock.now()
    clock.body(now)
    arrivals?.add(Int64(bytes.count), at: (now &- clock.start) / 1000)
    guard isJudging else { return }
    judge.receive(bytes)
    bandwidth.receive(bytes: judge.bytesWire, now: now)
  }

  fileprivate func connected(_ local: StreamSeats.Connection) {
    clock.connect(MonotonicClock.now())
    sends &+= 1
    multi.seats?.sit(local, insteadOf: connection)
    connection = local
  }

  fileprivate func opened(_ socket: curl_socket_t) { multi.opened(socket) }
}

private func bodyArrived(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let length = size &* count
  guard let context, let data, length > 0 else { return length }
  Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.receive(body: UnsafeRawBufferPointer(start: data, count: length))
  }
  return length
}

private func headerArrived(
  _ data: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  let length = size &* count
  guard let context, let data, length > 0 else { return length }
  let isTaken = Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.receive(header: UnsafeRawBufferPointer(start: data, count: length))
  }
  // Anything but the length ends the transfer with CURLE_WRITE_ERROR.
  return isTaken ? length : 0
}

private func requestIsNext(
  _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?, _ local: UnsafeMutablePointer<CChar>?,
  _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
  guard let context else { return CURL_PREREQFUNC_OK }
  Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
    $0.connected(StreamSeats.Connection(local: localPort, remote: remotePort))
  }
  return CURL_PREREQFUNC_OK
}

private func socketOpened(
  _ context: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ purpose: curlsocktype
) -> Int32 {
  guard let context else { return CURL_SOCKOPT_OK }
  Unmanaged<Transfer>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.opened(socket) }
  return CURL_SOCKOPT_OK
}
