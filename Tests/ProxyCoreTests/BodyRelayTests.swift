import NIOCore
import Testing

@testable import ProxyCore

@Suite struct BodyRelayTests {
  struct Outcome: Equatable {
    var progress: BodyRelay.Progress
    var emitted: String
    var left: String
  }

  static func relay(
    _ framing: BodyFraming, _ conversion: BodyRelay.Conversion, _ pieces: [[UInt8]], keepsTrailers: Bool = false,
    ended: Bool = false
  ) -> Outcome {
    var relay = BodyRelay(framing, conversion: conversion, keepsTrailers: keepsTrailers)
    var out = ByteBuffer()
    var progress = BodyRelay.Progress.more
    var left = ByteBuffer()
    for piece in pieces {
      var buffer = ByteBuffer(bytes: piece)
      if progress == .more { progress = relay.receive(&buffer) { out.writeImmutableBuffer($0) } }
      if progress == .complete { left.writeImmutableBuffer(buffer) }
      if progress == .fault { break }
    }
    if ended, progress == .more { progress = relay.finish { out.writeImmutableBuffer($0) } }
    return Outcome(progress: progress, emitted: String(buffer: out), left: String(buffer: left))
  }

  static func check(
    _ framing: BodyFraming, _ text: String, conversion: BodyRelay.Conversion = .verbatim, keepsTrailers: Bool = false,
    ended: Bool = false, _ progress: BodyRelay.Progress, emitted: String, left: String = "",
    location: SourceLocation = #_sourceLocation
  ) {
    let expected = Outcome(progress: progress, emitted: emitted, left: left)
    let bytes = Array(text.utf8)
    var ways = [[bytes], bytes.map { [$0] }]
    for split in 1..<max(1, bytes.count) { ways.append([Array(bytes[..<split]), Array(bytes[split...])]) }
    for pieces in ways {
      let result = relay(framing, conversion, pieces, keepsTrailers: keepsTrailers, ended: ended)
      #expect(result == expected, "\(pieces.map(\.count)) of \(text.debugDescription)", sourceLocation: location)
    }
  }

  @Test(arguments: [
    "3\r\nabc\r\n0\r\n\r\n", "0\r\n\r\n", "00a;x=\"y z\"\r\n0123456789\r\n1;a;b=c\r\n!\r\n000\r\n\r\n",
    "1;x=\"\\\"\\\\;\u{9}é\";y\r\na\r\n0;z=\"\"\r\n\r\n",
    "A\r\n0123456789\r\n0\r\n\r\n",
    "3;ext\r\nabc\r\n0;last\r\n\r\n",
  ])
  func passesChunksVerbatim(_ text: String) {
    Self.check(.chunked, text, .complete, emitted: text)
    Self.check(.chunked, text + "HTTP/1.1 200", .complete, emitted: text, left: "HTTP/1.1 200")
  }

  @Test(arguments: [
    "0x1\r\na\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "\r\n", ";x\r\n", "g\r\n", "1\na\r\n", "1\r\nab\r\n", "1\r\na\n",
    "1;a\u{1}b\r\n", "1;a\rb\r\n", "1\r\na\r\r\n", "10000000000000000\r\n", "8000000000000000\r\n", "-1\r\n", "+1\r\n",
    "1_0\r\n",
    "1;\r\na\r\n", "1;a;\r\na\r\n", "1;a=\r\na\r\n", "1;=a\r\na\r\n", "1; a\r\na\r\n", "1;a b\r\na\r\n",
    "1;a=\"b\r\na\r\n",
    "1;a=\"b\"c\r\na\r\n", "1;a=\"b\\\r\na\r\n", "1;a=b=c\r\na\r\n", "1;a=\"\"=c\r\na\r\n", "1;a=\"\n\"\r\na\r\n",
    "1;(\r\na\r\n", "1;a=é\r\na\r\n",
    "1\r\na\r\n0\r\nBad Trailer: x\r\n\r\n", "0\r\nX: a\r\n b\r\n\r\n", "0\r\n\n",
  ])
  func refusesFaultyChunks(_ text: String) {
    for conversion in [BodyRelay.Conversion.verbatim, .withoutChunks] {
      let bytes = Array(text.utf8)
      #expect(Self.relay(.chunked, conversion, [bytes]).progress == .fault, "\(text.debugDescription)")
      #expect(Self.relay(.chunked, conversion, bytes.map { [$0] }).progress == .fault, "\(text.debugDescription)")
    }
  }

  @Test func sizeLinesAreBounded() {
    for (count, progress) in [(1022, BodyRelay.Progress.complete), (1023, .fault)] {
      let line = "1;" + String(repeating: "x", count: count)
      let bytes = Array("\(line)\r\na\r\n0\r\n\r\n".utf8)
      #expect(Self.relay(.chunked, .verbatim, [bytes]).progress == progress)
      #expect(Self.relay(.chunked, .verbatim, bytes.map { [$0] }).progress == progress)
    }
    let zeros = String(repeating: "0", count: 15)
    Self.check(
      .chunked, "\(zeros)1\r\na\r\n\(zeros)0\r\n\r\n", .complete, emitted: "\(zeros)1\r\na\r\n\(zeros)0\r\n\r\n")
    #expect(Self.relay(.chunked, .verbatim, [Array("0\(zeros)1\r\na\r\n".utf8)]).progress == .fault)
    #expect(Self.relay(.chunked, .verbatim, [Array("7fffffffffffffff\r\na".utf8)]).progress == .more)
  }

  @Test(arguments: [
    "", "3", "3\r\n", "3\r\nab", "3\r\nabc", "3\r\nabc\r\n", "3\r\nabc\r\n0", "3\r\nabc\r\n0\r\n",
    "3\r\nabc\r\n0\r\n\r", "3\r\nabc\r\n0\r\nX-Trailer: hal", "3\r\nabc\r\n00;x\r\nX-Trailer: half\r\n",
  ])
  func aCutChunkedBodyIsNeverWhole(_ text: String) {
    let bytes = Array(text.utf8)
    for pieces in [[bytes], bytes.map { [$0] }] {
      let result = Self.relay(.chunked, .verbatim, pieces, ended: true)
      #expect(result.progress == .fault)
      // Not even a part of the last chunk, which a lenient receiver could take for the end.
      #expect(!result.emitted.contains("\r\n0"))
    }
  }

  @Test func trailersAreFilteredOrDropped() {
    let body =
      "1\r\na\r\n0\r\nX-Sum: 9\r\nContent-Length: 5\r\nAuthorization: x\r\nHost: y\r\nTransfer-Encoding: z\r\n\r\n"
    Self.check(.chunked, body, keepsTrailers: true, .complete, emitted: "1\r\na\r\n0\r\nX-Sum: 9\r\n\r\n")
    Self.check(.chunked, body, .complete, emitted: "1\r\na\r\n0\r\n\r\n")
    Self.check(.chunked, body + "next", .complete, emitted: "1\r\na\r\n0\r\n\r\n", left: "next")
  }

  @Test func chunksAreTakenOffForHTTP10() {
    Self.check(
      .chunked, "3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\n!", conversion: .withoutChunks, .complete, emitted: "abcde",
      left: "!")
  }

  @Test func aCountedBodyEndsAtItsLength() {
    Self.check(.length(5), "abcde", .complete, emitted: "abcde")
    Self.check(.length(5), "abcdefg", .complete, emitted: "abcde", left: "fg")
    Self.check(.length(5), "abcd", ended: true, .fault, emitted: "abcd")
  }

  @Test func aBodyThatEndsWithItsConnection() {
    Self.check(.close, "abc", ended: true, .complete, emitted: "abc")
    let whole = Self.relay(.close, .intoChunks, [Array("abc".utf8), Array("defghijklmnop".utf8)], ended: true)
    #expect(whole == Outcome(progress: .complete, emitted: "3\r\nabc\r\nd\r\ndefghijklmnop\r\n0\r\n\r\n", left: ""))
    #expect(Self.relay(.close, .intoChunks, [], ended: true).emitted == "0\r\n\r\n")
  }

  @Test func countsBeyond32Bits() {
    var relay = BodyRelay(.length(4_294_967_297))
    let mebibyte = ByteBuffer(repeating: 0, count: 1_048_576)
    for _ in 0..<4096 {
      var piece = mebibyte
      let progress = relay.receive(&piece) { _ in }
      #expect(progress == .more)
    }
    var last = ByteBuffer(string: "xy")
    let progress = relay.receive(&last) { _ in }
    #expect(progress == .complete)
    #expect(last.readableBytes == 1)
    var tracker = ChunkTracker()
    let size = Array("100000001\r\n".utf8).withUnsafeBytes { tracker.step($0) }
    #expect(size == .framing(11))
    let data = mebibyte.withUnsafeReadableBytes { tracker.step($0) }
    #expect(data == .data(1_048_576))
  }

  /// No bytes are copied: what is emitted lies in the buffer that came.
  @Test func passesTheBufferItself() {
    var relay = BodyRelay(.chunked)
    var buffer = ByteBuffer(string: "5\r\nhello\r\n")
    let address = buffer.withUnsafeReadableBytes { $0.baseAddress }
    var emitted: [ByteBuffer] = []
    let progress = relay.receive(&buffer) { emitted.append($0) }
    #expect(progress == .more)
    #expect(emitted.count == 1)
    #expect(emitted.first?.withUnsafeReadableBytes { $0.baseAddress } == address)
  }
}
