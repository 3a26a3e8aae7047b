#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One client of the live endpoints, from its first byte to its end. Lives on the listener's thread.
final class LiveConnection {
  /// For a whole request head, for any progress of an answer, and for the client's own end after it; nanoseconds.
  static let headTime: Int64 = 10_000_000_000
  static let writeTime: Int64 = 10_000_000_000
  static let lingerTime: Int64 = 1_000_000_000

  enum Stage: Equatable {
    case reading
    /// The answer is complete in `output`.
    case answering
    /// More comes from the feed.
    case feeding(Int)
    /// All was sent: what the client still says is read, or its system would throw our answer away.
    case lingering
    case over
  }

  let descriptor: Int32
  private(set) var stage = Stage.reading
  private var input: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var isChunked = true
  /// When something must have happened; none while the feed goes on.
  private(set) var deadline: Int64
  private let pages: LivePages

  init(descriptor: Int32, pages: LivePages, now: Int64) {
    self.descriptor = descriptor
    self.pages = pages
    deadline = now.saturatingAdd(Self.headTime)
  }

  var wantsWrite: Bool { sent < output.count }
  /// Sent everything there was when the feed said that it is over.
  private var isFeedOver = false

  func readable(now: Int64) {
    var chunk = [UInt8](repeating: 0, count: 4096)
    let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    guard count > 0 else { return end() }
    // After the head nothing a client says matters.
    guard stage == .reading else { return }
    input.append(contentsOf: chunk[..<count])
    switch LiveRequest.parse(input) {
    case .incomplete: break
    case .refused(let status): answer(LiveResponse.refusal(status), now)
    case .request(let request): serve(request, now)
    }
  }

  /// Sends what there is and what the feed has.
  func writable(now: Int64) {
    while true {
      refill(now)
      guard wantsWrite else { break }
      let count = output.withUnsafeBytes { bytes in
        send(descriptor, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Self.sendFlags)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN { return }
      guard count > 0 else { return end() }
      sent += count
      if stage == .answering { deadline = now.saturatingAdd(Self.writeTime) }
    }
    if stage == .answering || isFeedOver { linger(now) }
  }

  /// A slow reader of events is welcome to be slow, and has no deadline (`LiveServer.farewell` ends it); everybody else has
  /// one. Afterwards none that stays is past its own, or the listener would never sleep.
  func checkTime(now: Int64) {
    guard now >= deadline else { return }
    if stage == .reading { answer(LiveResponse.refusal(408), now) } else { end() }
  }

  func end() {
    if case .feeding(let client) = stage { pages.feed.leave(client) }
    stage = .over
  }

  private func serve(_ request: LiveRequest, _ now: Int64) {
    guard ["GET", "HEAD"].contains(request.method) else {
      return answer(LiveResponse.refusal(405, method: request.method), now)
    }
    let plain = "text/plain; charset=utf-8"
    switch request.path {
    case "/": answer(LiveResponse.page(200, type: plain, LiveResponse.index, method: request.method), now)
    case "/metrics":
      answer(
        LiveResponse.page(200, type: MetricsPage.contentType, pages.metrics(), method: request.method), now)
    case "/events": serveEvents(request, now)
    default: answer(LiveResponse.refusal(404, method: request.method), now)
    }
  }

  private func serveEvents(_ request: LiveRequest, _ now: Int64) {
    isChunked = !request.isHTTP10
    guard request.method == "GET" else { return answer(LiveResponse.stream(isChunked: isChunked), now) }
    guard let client = pages.feed.join() else { return answer(LiveResponse.refusal(503), now) }
    output = LiveResponse.stream(isChunked: isChunked)
    stage = .feeding(client)
    deadline = .max
    writable(now: now)
  }

  private func refill(_ now: Int64) {
    guard case .feeding(let client) = stage, !wantsWrite, !isFeedOver else { return }
    let (bytes, isLast) = pages.feed.take(client)
    output = []
    sent = 0
    if !bytes.isEmpty { output = isChunked ? LiveResponse.chunk(bytes) : bytes }
    guard isLast else { return }
    isFeedOver = true
    if isChunked { output += LiveResponse.lastChunk }
  }

  private func answer(_ bytes: [UInt8], _ now: Int64) {
    output = bytes
    sent = 0
    stage = .answering
    deadline = now.saturatingAdd(Self.writeTime)
    writable(now: now)
  }

  private func linger(_ now: Int64) {
    if case .feeding(let client) = stage { pages.feed.leave(client) }
    stage = .lingering
    deadline = now.saturatingAdd(Self.lingerTime)
    shutdown(descriptor, Int32(SHUT_WR))
  }

  #if canImport(Glibc)
    private static let sendFlags = Int32(MSG_NOSIGNAL)
  #else
    private static let sendFlags: Int32 = 0
  #endif
}
