import Testing

/// The soak's own judgement: a proxy that lies must be caught by it, or the soak's zero means nothing. Every wire is also
/// read byte by byte.
@Suite("The judge of the soak") struct SoakOutcomeTests {
  /// A stream of that framing with a body to lose and nothing special about it.
  private static func stream(_ framing: SoakCase.Framing, minor: Int = 1) -> SoakCase {
    let streams = (0..<10_000).lazy.map { SoakCase(seed: 99, index: $0) }
    return streams.first {
      $0.framing == framing && $0.body.count > 100 && $0.body.count < 2000 && $0.clientMinor == minor && !$0.hasTrailers
        && $0.requestBody == nil
    } ?? SoakCase(seed: 99, index: 0)
  }

  private static func head(_ soak: SoakCase, _ fields: String) -> [UInt8] {
    Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX-Stream: \(soak.index)\r\n\(fields)\r\n\r\n".utf8)
  }

  private static func judge(
    _ soak: SoakCase, _ truth: SoakTruth, _ wire: [UInt8], end: SoakOutcome.End = .fin, pieces: Int
  ) -> SoakOutcome {
    var judge = ResponseJudge(clientMinor: soak.clientMinor)
    var progress = ResponseJudge.Progress.more
    for start in stride(from: 0, to: wire.count, by: pieces) {
      progress = judge.receive(Array(wire[start..<min(wire.count, start + pieces)]))
      if case .garbled = progress { break }
    }
    if progress == .more, end == .fin { progress = judge.finish() }
    return SoakOutcome(soak, truth, judge, progress, end: progress == .whole ? nil : end)
  }

  /// The same verdict in one piece and byte by byte.
  private static func verdict(
    _ soak: SoakCase, _ truth: SoakTruth, _ wire: [UInt8], end: SoakOutcome.End = .fin
  ) -> SoakOutcome {
    let whole = judge(soak, truth, wire, end: end, pieces: max(1, wire.count))
    #expect(judge(soak, truth, wire, end: end, pieces: 1) == whole)
    return whole
  }

  private static func breach(_ outcome: SoakOutcome) -> SoakOutcome.Breach? {
    if case .broken(let breach, _) = outcome { breach } else { nil }
  }

  private static func chunk(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array((String(bytes.count, radix: 16) + "\r\n").utf8) + bytes + [13, 10]
  }

  private static let lastChunk = Array("0\r\n\r\n".utf8)

  @Test("what is whole is exact, in every framing") func exact() {
    let length = Self.stream(.length)
    let body = RandomBytes.table[length.body]
    let wire: [UInt8] = Self.head(length, "Content-Length: \(body.count)") + body
    #expect(Self.verdict(length, .whole(length.body), wire) == .exact)

    let chunked = Self.stream(.chunked)
    let data = RandomBytes.table[chunked.body]
    let chunks = Self.head(chunked, "Transfer-Encoding: chunked") + Self.chunk(data) + Self.lastChunk
    #expect(Self.verdict(chunked, .whole(chunked.body), chunks) == .exact)

    let old = Self.stream(.close, minor: 0)
    let close: [UInt8] = Self.head(old, "Connection: close") + RandomBytes.table[old.body]
    #expect(Self.verdict(old, .whole(old.body), close) == .exact)
  }

  @Test("what breaks off is failed, and how is told") func failed() {
    let length = Self.stream(.length)
    let part = RandomBytes.table[length.body].dropLast()
    let wire: [UInt8] = Self.head(length, "Content-Length: \(length.body.count)") + part
    #expect(Self.verdict(length, .cut(length.body), wire) == .failed(.short))
    #expect(Self.verdict(length, .cut(length.body), wire, end: .reset) == .failed(.reset))
    #expect(Self.verdict(length, .cut(length.body), Array(wire.prefix(10))) == .failed(.headCut))
    #expect(Self.breach(Self.verdict(length, .cut(length.body), wire, end: .timeout)) == .hung)
    #expect(Self.breach(Self.verdict(length, .cut(length.body), [])) == .silent)
    #expect(Self.breach(Self.verdict(length, .whole(length.body), wire)) == .aliveButFailed)

    let chunked = Self.stream(.chunked)
    let chunks = Self.head(chunked, "Transfer-Encoding: chunked") + Self.chunk(RandomBytes.table[chunked.body])
    #expect(Self.verdict(chunked, .cut(chunked.body), chunks) == .failed(.noLastChunk))
    #expect(Self.verdict(chunked, .cut(chunked.body), chunks + Self.lastChunk.dropLast()) == .failed(.noLastChunk))
  }

  @Test("a cut body that is ended properly is caught") func lies() {
    let chunked = Self.stream(.chunked)
    let part = RandomBytes.table[chunked.body].dropLast()
    let wire: [UInt8] = Self.head(chunked, "Transfer-Encoding: chunked") + Self.chunk(part) + Self.lastChunk
    #expect(Self.breach(Self.verdict(chunked, .cut(chunked.body), wire)) == .different)
    let all = Self.head(chunked, "Transfer-Encoding: chunked") + Self.chunk(RandomBytes.table[chunked.body])
    let finished = Self.verdict(chunked, .cut(chunked.body), all + Self.lastChunk)
    #expect(Self.breach(finished) == .completeThoughCut)

    // A plain end of a close-delimited body says that it is whole.
    let old = Self.stream(.chunked, minor: 0)
    let close: [UInt8] = Self.head(old, "Connection: close") + RandomBytes.table[old.body].dropLast()
    #expect(Self.breach(Self.verdict(old, .cut(old.body), close)) == .different)
    #expect(Self.verdict(old, .cut(old.body), close, end: .reset) == .failed(.reset))
  }

  @Test("wrong bytes are caught, whole or not") func wrongBytes() {
    let length = Self.stream(.length)
    var body = Array(RandomBytes.table[length.body])
    body[50] ^= 1
    let wire: [UInt8] = Self.head(length, "Content-Length: \(body.count)") + body
    #expect(Self.breach(Self.verdict(length, .whole(length.body), wire)) == .different)
    #expect(Self.breach(Self.verdict(length, .cut(length.body), Array(wire.dropLast()))) == .wrongPart)
    let other = Self.head(SoakCase(seed: 99, index: length.index + 1), "Content-Length: 0")
    #expect(Self.breach(Self.verdict(length, .whole(length.body), other)) == .different)
  }

  @Test("what is no HTTP, or unexplained, is caught") func garbled() {
    let soak = Self.stream(.chunked)
    let truth = SoakTruth.cut(soak.body)
    let chunked = Self.head(soak, "Transfer-Encoding: chunked")
    for wire in [
      Array("nonsense\r\n\r\n".utf8), Self.head(soak, "Transfer-Encoding: chunked\r\nContent-Length: 5"),
      Self.head(soak, "Content-Length: +5"), Self.head(soak, " folded"), Self.head(soak, "a: b\nc: d"),
      chunked + Array("xyz\r\n".utf8), chunked + Array("5\nhello".utf8), chunked + Array("1\r\nabc".utf8),
    ] {
      #expect(Self.breach(Self.verdict(soak, truth, wire)) == .garbled, "\(String(decoding: wire, as: UTF8.self))")
    }
    let bare = Array("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".utf8)
    #expect(Self.breach(Self.verdict(soak, truth, bare)) == .unexplained)
    let answer = "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: p; error=connection_terminated\r\nContent-Length: 0\r\n\r\n"
    #expect(Self.verdict(soak, truth, Array(answer.utf8)) == .failed(.answered))
    #expect(Self.breach(Self.verdict(soak, truth, Array((answer + "more").utf8))) == .excess)
  }

  @Test("the same seed and index are the same stream; other ones are not") func reproducible() {
    for index in 0..<50 {
      let one = SoakCase(seed: 5, index: index)
      #expect(one.description == SoakCase(seed: 5, index: index).description)
      #expect(SoakWire(one).bytes == SoakWire(SoakCase(seed: 5, index: index)).bytes)
      #expect(one.description != SoakCase(seed: 6, index: index).description)
    }
  }
}
