/// One stream as its loop thread has it: what a detail is made of when somebody asks.
struct StreamPage: Sendable {
  var record: StreamRecord
  var request: SentRequest?
  /// Nil before it came.
  var head: ResponseHead?
  var arrivals: ArrivalStrip?
  /// Microseconds from the stream's start; nil without a silence.
  var longestGapAt: Int64?
  var memberBytes: [Int64] = []
  var bodyHead: [UInt8] = []
  var bodyTail: [UInt8] = []
  var explanation: String?
  var advice: String?

  /// Of what the lane carries, or carried last.
  init(_ lane: Lane, record: StreamRecord) {
    let transfer = lane.transfer
    self.record = record
    request = transfer.sent
    arrivals = transfer.arrivals
    if transfer.collector.isComplete { head = transfer.collector.head }
    let clock = transfer.clock
    // Longer than any between two arrivals it is the last one.
    let silence = (record.gapMax ?? 0) > clock.longestGap / 1000 ? clock.lastByte : clock.longestGapAt
    if silence != 0 { longestGapAt = (silence &- clock.start) / 1000 }
    if transfer.hasBegunBody { memberBytes = transfer.judge.memberBytes }
  }

  /// Adds the body's edges, which are copied.
  mutating func takeEdges(of transfer: Transfer) {
    guard transfer.hasBegunBody else { return }
    bodyHead = transfer.judge.bodyHead
    bodyTail = transfer.judge.bodyTail
  }

  /// Adds how it ended.
  mutating func take(_ stream: EndedStream) {
    bodyHead = stream.bodyHead
    bodyTail = stream.bodyTail
    guard stream.account.result == .failed else { return }
    let words = stream.detail.isEmpty ? stream.account.explanations.joined(separator: "; ") : stream.detail
    explanation = words.isEmpty ? nil : words
    let advice = stream.advice
    self.advice = advice.isEmpty ? nil : advice
  }

  mutating func take(_ ending: StreamAlbum.Ending) {
    explanation = ending.explanation
    advice = ending.advice
  }

  func detail(isRunning: Bool) -> StreamDetail {
    var detail = StreamDetail(record: record, isRunning: isRunning)
    detail.requestLine = request?.line
    detail.requestFields = request?.fields ?? []
    detail.response = head.map(Self.masked)
    detail.arrivals = arrivals
    detail.longestGapAt = longestGapAt
    detail.memberBytes = memberBytes
    detail.bodyHead = bodyHead
    detail.bodyTail = bodyTail
    detail.explanation = explanation
    detail.advice = advice
    return detail
  }

  private static func masked(_ head: ResponseHead) -> ResponseHead {
    guard head.fields.contains(where: { HeaderText.isSecret($0.name) }) else { return head }
    var head = head
    head.fields = head.fields.map {
      HeaderText.isSecret($0.name) ? ResponseHead.Field(name: $0.name, value: "***") : $0
    }
    return head
  }
}
