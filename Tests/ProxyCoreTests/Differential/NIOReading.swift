import NIOCore
import NIOEmbedded
import NIOHTTP1

/// What NIO's decoder, which is llhttp, makes of a message.
///
/// It gives names and values as Strings, in which bytes that are no UTF-8 are replaced, and the registry's reason for a
/// status instead of the one that came: see `repaired`. Blanks after a value, which are no part of it (RFC 9110 §5.5), it
/// leaves to its user.
enum NIOReading {
  static func read(_ message: Message) -> Verdict {
    do {
      return message.kind == .request ? try readRequest(message) : try readResponse(message)
    } catch {
      return .rejected("\(error)")
    }
  }

  /// A meaning as NIO could have given it.
  static func repaired(_ meaning: Meaning, _ kind: Message.Kind) -> Meaning {
    var meaning = meaning
    meaning.second = kind == .request ? repaired(meaning.second) : []
    meaning.fields = meaning.fields.map { .init(name: repaired($0.name), value: repaired($0.value)) }
    return meaning
  }

  private static func repaired(_ bytes: [UInt8]) -> [UInt8] { Array(String(decoding: bytes, as: UTF8.self).utf8) }

  private static func readRequest(_ message: Message) throws -> Verdict {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
    var reading = Reading()
    let failure = try feed(message, channel) { (part: HTTPServerRequestPart) in
      switch part {
      case .head(let head):
        reading.head(Array(head.method.rawValue.utf8), Array(head.uri.utf8), head.version, head.headers)
      case .body(let data): reading.data += data.readableBytesView
      case .end: reading.body = .whole
      }
    }
    return reading.verdict(failure)
  }

  private static func readResponse(_ message: Message) throws -> Verdict {
    let channel = EmbeddedChannel()
    let decoder = HTTPResponseDecoder(informationalResponseStrategy: .forward)
    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
    // It must know what was asked.
    let asked = HTTPRequestHead(version: .http1_1, method: message.kind == .responseToHead ? .HEAD : .GET, uri: "/")
    try channel.writeOutbound(HTTPClientRequestPart.head(asked))
    var reading = Reading()
    let failure = try feed(message, channel) { (part: HTTPClientResponsePart) in
      switch part {
      case .head(let head):
        reading.head(Array(String(head.status.code).utf8), [], head.version, head.headers)
        if (100..<200).contains(head.status.code) { reading.body = .whole }
      case .body(let data): reading.data += data.readableBytesView
      case .end: reading.body = .whole
      }
    }
    return reading.verdict(failure)
  }

  /// Gives the bytes and then the connection's end. Returns what the decoder complained of.
  private static func feed<Part>(
    _ message: Message, _ channel: EmbeddedChannel, _ take: (Part) -> Void
  ) throws -> (any Error)? {
    var failure: (any Error)?
    do { try channel.writeInbound(ByteBuffer(bytes: message.bytes)) } catch { failure = error }
    while let part = try channel.readInbound(as: Part.self) { take(part) }
    // Its end is no fault of the bytes before it.
    _ = try? channel.finish(acceptAlreadyClosed: true)
    if failure == nil { while let part = try channel.readInbound(as: Part.self) { take(part) } }
    return failure
  }

  /// The first message of those that came.
  private struct Reading {
    var meaning: Meaning?
    var data: [UInt8] = [] {
      didSet { if body == .whole { data = oldValue } }
    }
    var body: Meaning.Body?

    mutating func head(_ first: [UInt8], _ second: [UInt8], _ version: HTTPVersion, _ headers: HTTPHeaders) {
      guard meaning == nil else { return }
      meaning = Meaning(
        first: first, second: second, version: "\(version.major).\(version.minor)",
        fields: headers.map { .init(name: Meaning.lower($0.name.utf8), value: Self.trimmed($0.value.utf8)) },
        body: .cut,
        data: [])
    }

    private static func trimmed(_ value: String.UTF8View) -> [UInt8] {
      var bytes = Array(value)
      while bytes.last == 32 || bytes.last == 9 { bytes.removeLast() }
      return bytes
    }

    func verdict(_ failure: (any Error)?) -> Verdict {
      guard var meaning else { return failure.map { .rejected("\($0)") } ?? .incomplete }
      meaning.data = data
      meaning.body = body ?? (failure == nil ? .cut : .faulty)
      return .accepted(meaning)
    }
  }
}
