import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// Streams that go on for long, and bodies that no 32-bit number can count.
@Suite("Checklist S: long streams and large bodies", .serialized) struct ChecklistSLongTests {
  static let events = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
  static let beat = "2\r\n:\n\r\n"

  /// Beats once for every note, so only ever after the last beat was seen; ends whole at the note "enough".
  private static func beating() throws -> ScriptedOrigin {
    try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write(Self.events)
      var sent = 0
      while !origin.requests.contains("enough") {
        if origin.requests.filter({ $0 == "seen" }).count > sent {
          peer.write(Self.beat)
          sent += 1
        } else if peer.wait(milliseconds: 1) {
          // Nothing more is ever asked here: it is the end.
          return
        }
      }
      peer.write("0\r\n\r\n")
      _ = peer.readToEnd()
    }
  }

  @Test("S9 heart-beats pass one by one for several times the limit on silence, and nothing is kept of them")
  func s9HeartBeats() async throws {
    // A machine under load takes its time between two beats: far less than this.
    let limit = Duration.seconds(1)
    let origin = try Self.beating()
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.upstreamBody = limit
      $0.telemetry = true
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let port = server.port
      // On one thread: what other tests do to the pool must not become a silence.
      let (kept, rest, end) = try await blocking { () throws -> (Int, String, SocketPeer.End) in
        let client = try SocketPeer.connect(port: port)
        client.write(get())
        #expect(client.readHead()?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        let clock = ContinuousClock()
        let start = clock.now
        var kept = -1
        // A beat may just be on its way when the proxy is asked what it keeps: so several times.
        while clock.now < start + limit * 3 || (kept != 0 && clock.now < start + limit * 10) {
          origin.note("seen")
          // A beat as soon as it is asked for, and then silence until the next one is.
          let beat = client.read(through: "\r\n:\n\r\n")
          let isQuiet = !client.wait(milliseconds: 20)
          try #require(beat == Self.beat && isQuiet, "\(beat ?? "no beat")")
          if clock.now >= start + limit * 3 { kept = try ProxyStats.bufferedNow(port) }
        }
        origin.note("enough")
        let (rest, end) = client.readToEnd()
        return (kept, String(decoding: rest, as: UTF8.self), end)
      }
      #expect(kept == 0)
      #expect(rest == "0\r\n\r\n" && end == .fin)
    }
  }

  @Test("S9 with the limit on silence off, a silence passes") func s9SilenceWithoutLimit() async throws {
    let origin = try Self.beating()
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.upstreamBody = .zero
      // Of no account for a stream, but it makes the proxy look at its limits every five milliseconds.
      $0.limits.clientIdle = .milliseconds(40)
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let rest = try await blocking { () -> String in
        let client = try SocketPeer.connect(port: server.port)
        client.write(get())
        _ = client.readHead()
        let isQuiet = !client.wait(milliseconds: 300)
        origin.note("enough")
        return (isQuiet ? "" : "no silence: ") + String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
      #expect(rest == "0\r\n\r\n")
    }
  }

  @Test("S9 silence is allowed for as long as its limit says, and for ever when that is off") func s9LongSilence() {
    let start = NIODeadline.uptimeNanoseconds(0)
    func passed(_ silence: TimeAmount, _ limit: Duration) -> ProxyCause? {
      var limits = ProxyLimits()
      limits.upstreamBody = limit
      return ExchangeDeadlines.passed(
        .init(
          phase: .streaming, requestIsComplete: true, awaitsContinue: false, hasAddress: true, upstreamBacklog: 0,
          upstreamIsPaused: false, upstreamProgress: start, clientProgress: start), limits, start + silence)
    }
    #expect(passed(.seconds(59), .seconds(60)) == nil)
    #expect(passed(.seconds(60), .seconds(60)) == .bodyTimeout)
    #expect(passed(.hours(24), .zero) == nil)
  }

  @Test("S10 bodies beyond 2^32 bytes: counted to the byte", arguments: [4_294_967_297, 5_368_709_120] as [Int64])
  func s10LargeCounted(_ size: Int64) {
    var relay = BodyRelay(.length(size))
    let piece = ByteBuffer(repeating: 7, count: 8_388_608)
    var left = size
    var out: Int64 = 0
    while left > 0 {
      #expect(!relay.isComplete)
      var bytes = piece
      let isLast = left < Int64(piece.readableBytes)
      let progress = relay.receive(&bytes) { out += Int64($0.readableBytes) }
      left -= min(left, Int64(piece.readableBytes))
      #expect(progress == (left == 0 ? .complete : .more))
      #expect(
        bytes.readableBytes == (isLast ? Int(Int64(piece.readableBytes) - (size % Int64(piece.readableBytes))) : 0))
    }
    #expect(out == size && relay.dataBytes == size)
  }

  /// A chunked body on its way, and how much of it came out.
  private final class Chunks {
    var relay = BodyRelay(.chunked)
    var out: Int64 = 0

    func receive(_ bytes: ByteBuffer) -> BodyRelay.Progress {
      var bytes = bytes
      var passed: Int64 = 0
      let progress = relay.receive(&bytes) { passed += Int64($0.readableBytes) }
      out += passed
      #expect(bytes.readableBytes == 0)
      return progress
    }
  }

  @Test("S10 chunks beyond 2^32 bytes: counted to the byte", arguments: [4_294_967_297, 5_368_709_120] as [Int64])
  func s10LargeChunk(_ size: Int64) {
    let chunks = Chunks()
    let piece = ByteBuffer(repeating: 7, count: 8_388_608)
    let line = "\(String(size, radix: 16))\r\n"
    #expect(chunks.receive(ByteBuffer(string: line)) == .more)
    var left = size
    while left > 0 {
      let count = Int(min(left, Int64(piece.readableBytes)))
      guard let part = piece.getSlice(at: 0, length: count) else { break }
      #expect(chunks.receive(part) == .more)
      left -= Int64(count)
    }
    #expect(chunks.receive(ByteBuffer(string: "\r\n0\r\n\r\n")) == .complete)
    #expect(chunks.relay.dataBytes == size && chunks.out == size + Int64(line.utf8.count) + 7)
  }

  @Test("S10 many chunks whose sum is beyond 2^32 bytes: counted to the byte") func s10ManyChunks() {
    let chunks = Chunks()
    let piece = ByteBuffer(repeating: 7, count: 8_388_608)
    for count in 1...600 {
      #expect(chunks.receive(ByteBuffer(string: "800000\r\n")) == .more)
      #expect(chunks.receive(piece) == .more)
      #expect(chunks.receive(ByteBuffer(string: "\r\n")) == .more)
      #expect(chunks.relay.dataBytes == Int64(count) * 8_388_608)
    }
    #expect(chunks.receive(ByteBuffer(string: "0\r\n\r\n")) == .complete)
    #expect(chunks.relay.dataBytes == 5_033_164_800 && chunks.out == 5_033_164_800 + 600 * 10 + 5)
  }

  @Test("S10 a length beyond 2^32 goes to the client and into the log as it is, and a cut of its body is seen")
  func s10LargeLength() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 4294967297\r\n"
    let origin = try ScriptedOrigin.saying(head + "\r\nhello", then: .fin)
    let lines = try await AccessLogTests.logged(.failed, to: origin.url) { server, _ in
      let answer = try await ask(server.port, Wire.get())
      #expect(answer.text == head + Wire.closed + "hello" && answer.end == .fin)
    }
    let line = try #require(lines.first)
    #expect(lines.count == 1 && line.status == 200 && !line.complete && line.cause == "response_incomplete")
    #expect(line.expectedLength == 4_294_967_297 && line.bytesOut == 5)
  }
}
