internal import NIOCore
internal import ToolSupport

/// One response, decided: what is sent, how it is framed, how it ends. The handler only carries it out.
struct ResponsePlan: Sendable {
  enum Ending: Equatable, Sendable {
    /// As the framing has it; the connection may live on.
    case clean
    /// FIN, whatever the framing has promised.
    case fin
    /// RST, once the bytes before it were taken by the peer.
    case reset
    /// Nothing more, on an open connection.
    case stall
  }

  var head: ResponseHead
  var segments: [Segment] = []
  /// Bytes of data in a chunk; nil for a body without chunks.
  var chunk: Int?
  var stopAfter: Int64?
  var ending = Ending.clean
  /// The connection ends with the response: it is delimited so, or the head said so.
  var closes = false
  var pace: Int64?
  var delay = TimeSpan(nanoseconds: 0)
  var fault: Fault.Name?

  var stream: BodyStream { BodyStream(segments, chunk: chunk, stopAfter: stopAfter) }

  /// A short text, whole and with its length.
  static func text(
    _ status: Int, _ text: String, type: String = "text/plain; charset=utf-8", _ more: [HeaderField] = []
  )
    -> ResponsePlan
  {
    let fields = [HeaderField("Content-Type", type), HeaderField("Content-Length", "\(text.utf8.count)")] + more
    return ResponsePlan(head: ResponseHead(status: status, fields: fields), segments: [.text(text)])
  }

  static func problem(_ problem: Problem) -> ResponsePlan { text(problem.status, problem.text + "\n", problem.fields) }

  /// What the answer to a request of this kind has to look like, whatever it is: no body for HEAD, no chunks and no
  /// silent keep-alive for HTTP/1.0, and `Connection` where it differs from the version's default (RFC 9112 §9.3).
  mutating func adapt(isHead: Bool, isHTTP10: Bool, keepAlive: Bool) {
    if isHTTP10, chunk != nil, fault != .lengthAndChunked {
      chunk = nil
      closes = true
      head.fields.removeAll { $0.name.lowercased() == "transfer-encoding" }
    }
    if isHead {
      segments = []
      chunk = nil
      stopAfter = nil
      ending = .clean
    }
    let hasOwnConnectionField = head.fields.contains { $0.name.lowercased() == "connection" }
    if closes || !keepAlive {
      closes = true
      // A head that breaks off is not announced: only what ends as it should says so.
      if ending == .clean, !hasOwnConnectionField { head.fields.append(HeaderField("Connection", "close")) }
    } else if isHTTP10, !hasOwnConnectionField {
      head.fields.append(HeaderField("Connection", "keep-alive"))
    }
  }
}
