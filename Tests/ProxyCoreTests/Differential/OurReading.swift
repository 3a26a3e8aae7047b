import NIOCore

@testable import ProxyCore

/// What the proxy's own parser, rules and relay make of a message.
enum OurReading {
  static func read(_ message: Message) -> Verdict {
    var parser = HeadParser(message.kind == .request ? .request : .response, limits: HeadLimits())
    var buffer = ByteBuffer(bytes: message.bytes)
    switch parser.parse(&buffer) {
    case .incomplete: return .incomplete
    case .fault(let fault): return .rejected("\(fault)")
    case .head(let head):
      do {
        guard let framing = try framing(head, message.kind) else { return .accepted(meaning(head, .whole, [])) }
        let (body, data) = relay(framing, &buffer)
        return .accepted(meaning(head, body, data))
      } catch {
        return .rejected("\(error)")
      }
    }
  }

  /// Nil for an interim response, after which comes another head.
  private static func framing(_ head: MessageHead, _ kind: Message.Kind) throws(ProxyCause) -> BodyFraming? {
    if kind == .request { return try RequestRules.read(head, makeID: { "" }).framing }
    if case .response(let status, _) = head.start, status < 200, status != 101 {
      do { _ = try FramingRules.response(head, status: status, toHead: false) } catch {
        throw ProxyCause(responseFraming: error)
      }
      return nil
    }
    return try ResponseFacts.read(head, toHead: kind == .responseToHead, framing: .http(.http11)).framing
  }

  private static func relay(_ framing: BodyFraming, _ buffer: inout ByteBuffer) -> (Meaning.Body, [UInt8]) {
    var relay = BodyRelay(framing, conversion: framing == .chunked ? .withoutChunks : .verbatim)
    var data: [UInt8] = []
    let progress = relay.receive(&buffer) { data += $0.readableBytesView }
    if progress == .fault { return (.faulty, data) }
    return (relay.finish { data += $0.readableBytesView } == .complete ? .whole : .cut, data)
  }

  private static func meaning(_ head: MessageHead, _ body: Meaning.Body, _ data: [UInt8]) -> Meaning {
    func copy(_ extent: MessageHead.Extent) -> [UInt8] { head.withBytes { Array($0[extent.range]) } }
    let fields = head.fields.map { Meaning.Field(name: Meaning.lower(copy($0.name)), value: copy($0.value)) }
    let version = head.version == .http11 ? "1.1" : "1.0"
    switch head.start {
    case .request(_, let method, let target):
      return Meaning(
        first: copy(method), second: copy(target), version: version, fields: fields, body: body, data: data)
    case .response(let status, let reason):
      return Meaning(
        first: Array(String(status).utf8), second: copy(reason), version: version, fields: fields, body: body,
        data: data)
    case .trailers:
      return Meaning(first: [], second: [], version: version, fields: fields, body: body, data: data)
    }
  }
}
