/// What a loop thread remembers of streams that are over, so that a person can open one: the last ones, the last failed ones, those
/// that evidence was kept of, and what became of each lane's last.
///
/// Bounded: twice `limit` pages and one for each piece of the thread's evidence, at most 20 KiB each where heads are as long as they may
/// be, and half a kilobyte a lane. What
/// it keeps is shared with the transfer until the lane's next stream. Lives on its loop thread.
struct StreamAlbum: Sendable {
  static let limit = 64
  /// Lanes whose last stream is kept when the thread ends and its transfers are gone.
  static let lastLimit = 1024

  /// How a lane's last stream ended; the rest is still in its transfer.
  struct Ending: Sendable {
    var record: StreamRecord
    var explanation: String?
    var advice: String?
  }

  private var ended = Ring()
  private var failed = Ring()
  /// As many as the thread has pieces of evidence.
  private var proofs: [StreamPage] = []
  /// By slot.
  private var endings: [Ending?] = []
  /// By slot, once the thread has ended.
  private var last: [StreamPage?] = []

  /// A stream is over.
  ///
  /// - Parameter isProof: evidence was kept of it. Who wants to see a kind of failure opens this one, however many came since.
  mutating func keep(_ page: StreamPage, slot: Int, isProof: Bool) {
    while endings.count <= slot { endings.append(nil) }
    endings[slot] = Ending(record: page.record, explanation: page.explanation, advice: page.advice)
    ended.add(page)
    if page.record.result == .failed { failed.add(page) }
    if isProof { proofs.append(page) }
  }

  /// The evidence was forgotten.
  mutating func forgetProofs() { proofs = [] }

  func page(stream: Int) -> StreamPage? {
    ended.page(stream) ?? failed.page(stream) ?? proofs.first { $0.record.stream == stream }
  }

  /// The thread ends: what its lanes carried last, by slot.
  mutating func close(_ pages: [StreamPage?]) { last = pages }

  /// Of a thread that has ended.
  func detail(of stream: Int?, slot: Int) -> StreamDetail? {
    let own = last.indices.contains(slot) ? last[slot] : nil
    guard let stream else { return own?.detail(isRunning: false) }
    return (own?.record.stream == stream ? own : page(stream: stream))?.detail(isRunning: false)
  }

  func ending(slot: Int) -> Ending? { endings.indices.contains(slot) ? endings[slot] : nil }

  /// The newest `limit`.
  private struct Ring: Sendable {
    private var pages: [StreamPage] = []
    private var next = 0

    mutating func add(_ page: StreamPage) {
      guard pages.count >= StreamAlbum.limit else { return pages.append(page) }
      pages[next] = page
      next = (next &+ 1) % StreamAlbum.limit
    }

    func page(_ stream: Int) -> StreamPage? { pages.first { $0.record.stream == stream } }
  }
}
