internal import NIOCore

/// The response to `/gzip/SIZE`: a pure function of the body, the query and the request's conditions.
///
/// Entity tag, Accept-Ranges and Repr-Digest are always those of the undamaged body: a fault stands for what happens to
/// the bytes on the way, behind the back of the origin that described them.
struct GzipResponse {
  let body: GzipBody
  let query: GzipQuery
  /// `sha-256=:…:` of the whole undamaged body, if it is to be told.
  let digest: String?

  func plan(_ conditions: Preconditions, isGet: Bool) throws(Problem) -> ResponsePlan {
    let tag = HeaderField("ETag", body.entityTag)
    var plan: ResponsePlan
    switch conditions.evaluate(entityTag: body.entityTag, length: body.length, isGet: isGet) {
    case .failed:
      throw Problem(status: 412, text: "If-Match: the entity tag is \(body.entityTag)", fields: [tag])
    case .notModified:
      plan = ResponsePlan(head: ResponseHead(status: 304, fields: [tag, Self.vary]))
    case .proceed(.unsatisfiable) where honoursRanges:
      throw Problem(
        status: 416, text: "Range: the body has \(body.length) bytes",
        fields: [HeaderField("Content-Range", "bytes */\(body.length)")])
    case .proceed(.part(let range)) where honoursRanges:
      plan = try damaged(range, status: 206)
      plan.head.fields.append(
        HeaderField("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(body.length)"))
    case .proceed:
      plan = try damaged(0..<body.length, status: 200)
    }
    plan.delay = query.delay
    plan.pace = query.pace
    return plan
  }

  /// A range of a body whose bytes are damaged would be a range of another body: such a request is answered whole.
  /// Where a body only stops, a range that begins before the stop stops there too, and one behind it is whole, so that
  /// a client that resumes can succeed.
  private var honoursRanges: Bool {
    switch query.fault?.name {
    case nil, .cut, .reset, .stall: true
    default: false
    }
  }

  private static let vary = HeaderField("Vary", "Accept-Encoding")

  private func damaged(_ range: Range<Int64>, status: Int) throws(Problem) -> ResponsePlan {
    let damage = try Damage.make(query.fault, body: body, range: range, framing: query.framing)
    var plan = ResponsePlan(head: ResponseHead(status: status, fields: fields(type: damage.contentType)))
    plan.segments = damage.segments
    plan.stopAfter = damage.stopAfter
    plan.ending = damage.ending
    plan.fault = damage.isApplied ? query.fault?.name : nil
    let length = damage.segments.reduce(0) { $0 + $1.length } + damage.extraLength
    frame(&plan, length: length, both: damage.lengthAndChunked)
    return plan
  }

  private func frame(_ plan: inout ResponsePlan, length: Int64, both: Bool) {
    if both || query.framing == .length {
      plan.head.fields.append(HeaderField("Content-Length", "\(length)"))
    }
    if both || query.framing == .chunked {
      plan.head.fields.append(HeaderField("Transfer-Encoding", "chunked"))
      plan.chunk = query.chunk
    }
    if query.framing == .close { plan.closes = true }
  }

  private func fields(type: String) -> [HeaderField] {
    var fields = [
      HeaderField("Content-Type", type), HeaderField("Content-Encoding", "gzip"), HeaderField("ETag", body.entityTag),
      HeaderField("Accept-Ranges", "bytes"), Self.vary,
    ]
    if let digest { fields.append(HeaderField("Repr-Digest", digest)) }
    return fields
  }
}
