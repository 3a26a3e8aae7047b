import TestSupport
import Testing

@testable import Origin

/// Every fault in every framing, as raw bytes over real sockets.
struct FaultTests {
  private static let size = 300_000
  private static func gzip() throws -> [UInt8] { GzipBodyTests.all(try GzipBodyTests.body(Int64(size))) }

  private struct Seen {
    var response: RawResponse
    var end: RawClient.End
    /// Without chunk framing.
    var data: [UInt8]
    var isFramedWhole: Bool
  }

  private static func see(_ port: Int, _ framing: Framing, _ fault: String, close: Bool = true) throws -> Seen {
    let target = "/gzip/\(size)?framing=\(framing.rawValue)&chunk=1000&fault=\(fault)"
    let (response, end) = try exchange(port, target, headers: close ? ["Connection: close"] : [])
    if framing == .chunked {
      let chunks = response.dechunked
      return Seen(response: response, end: end, data: chunks.data, isFramedWhole: chunks.isWhole && chunks.rest.isEmpty)
    }
    let length = response.field("Content-Length").flatMap(Int.init)
    let isWhole = framing == .close ? length == nil : length == response.body.count
    return Seen(response: response, end: end, data: response.body, isFramedWhole: isWhole)
  }

  /// Faults of the bytes: HTTP is in order in every framing, gzip is not.
  @Test(
    arguments: [
      ("crc", Gunzip.Verdict.badCRC), ("isize", .badLength), ("bitflip", .badData), ("bitflip@0", .badData),
      ("bitflip@100%25", nil), ("bitflip@99.99%25", .badData), ("truncate", .truncated), ("truncate@1", .truncated),
      ("no_trailer", .truncated), ("trailing", .trailing), ("not_gzip", .badData),
    ] as [(String, Gunzip.Verdict?)])
  func damagedBytes(fault: String, verdict: Gunzip.Verdict?) async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      for framing in Framing.allCases {
        let seen = try Self.see(port, framing, fault)
        guard let verdict else {
          #expect(seen.response.status == 400)
          continue
        }
        #expect(seen.response.statusLine == "HTTP/1.1 200 OK", "\(framing)")
        #expect(seen.response.field("Content-Encoding") == "gzip")
        #expect(seen.isFramedWhole && seen.end == .fin, "\(framing)")
        #expect(Gunzip.of(seen.data).verdict == verdict, "\(framing)")
        #expect(seen.data == Self.expected(fault, whole), "\(framing)")
      }
    }
  }

  /// What the bytes should be, nil where the verdict says enough.
  private static func expected(_ fault: String, _ whole: [UInt8]) -> [UInt8]? {
    var bytes = whole
    switch fault {
    case "crc": bytes[whole.count - 8] ^= 1
    case "isize": bytes[whole.count - 4] ^= 1
    case "truncate": bytes = Array(whole[..<(whole.count / 2)])
    case "truncate@1": bytes = Array(whole[..<1])
    case "no_trailer": bytes = Array(whole[..<(whole.count - 8)])
    case "trailing": bytes += Array(Damage.garbage.utf8)
    case "not_gzip": bytes = Array(Damage.jsonText.utf8)
    default: bytes[Self.flippedByte(fault, whole)] ^= 1
    }
    return bytes
  }

  /// The NLEN of the first block at or after the position: found by its text, `block `, which stands two bytes behind
  /// it.
  private static func flippedByte(_ fault: String, _ whole: [UInt8]) -> Int {
    let start = fault == "bitflip@0" ? 0 : fault == "bitflip" ? whole.count / 2 : whole.count * 9999 / 10_000
    let mark = Array("block @".utf8)
    let blocks = (0..<(whole.count - mark.count)).filter { whole[$0..<$0 + mark.count].elementsEqual(mark) }
    return (blocks.first { $0 - 5 >= start } ?? blocks.last ?? 5) - 2
  }

  @Test(arguments: [Framing.length, .chunked])
  func cutEndsInFINShortOfWhatWasPromised(framing: Framing) async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      for (position, count) in [("", whole.count / 2), ("@0", 0), ("@12345", 12_345), ("@75%25", whole.count * 3 / 4)] {
        let seen = try Self.see(port, framing, "cut\(position)", close: false)
        #expect(seen.data == Array(whole[..<count]))
        #expect(seen.end == .fin && !seen.isFramedWhole)
        if framing == .length { #expect(seen.response.field("Content-Length") == "\(whole.count)") }
      }
    }
  }

  @Test func aChunkedBodyCanLackItsLastChunkAlone() async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, .chunked, "cut@100%25")
      #expect(seen.data == whole && !seen.isFramedWhole && seen.end == .fin)
      #expect(try Self.see(port, .length, "cut@100%25").response.status == 400)
      #expect(try Self.see(port, .length, "cut@\(whole.count)").response.status == 400)
    }
  }

  @Test(arguments: Framing.allCases)
  func resetComesRightAfterItsPosition(framing: Framing) async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      for (position, count) in [("", whole.count / 2), ("@0", 0), ("@70000", 70_000)] {
        let seen = try Self.see(port, framing, "reset\(position)")
        #expect(seen.data == Array(whole[..<count]))
        #expect(seen.end == .reset)
      }
    }
  }

  @Test(arguments: Framing.allCases)
  func stallKeepsTheConnectionOpenUntilTheClientLeaves(framing: Framing) async throws {
    let server = try await OriginServer.start()
    let port = server.port
    let whole = try Self.gzip()
    let bytes = try await RawClient.run {
      let client = try RawClient(port: port)
      try client.send(
        "GET /gzip/\(Self.size)?framing=\(framing.rawValue)&chunk=1MiB&fault=stall@1000 HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = client.read(through: "\r\n\r\n")
      let line = framing == .chunked ? client.read(through: "\r\n").count : 0
      let data = client.read(1000)
      // Nothing more for as long as a test can wait; the connection is open.
      let (more, end) = client.readToEnd(seconds: 0.3)
      #expect(!head.isEmpty && (line > 0) == (framing == .chunked))
      #expect(more.isEmpty && end == .open)
      client.closeNow()
      return data
    }
    #expect(bytes == Array(whole[..<1000]))
    // The server notices that the client left.
    await server.drain()
    #expect(server.counts.activeConnections == 0)
    #expect(server.counts.faults == ["stall": 1])
  }

  @Test func shortLengthPromisesMoreThanTheWholeBody() async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, .length, "short_length")
      #expect(seen.response.field("Content-Length") == "\(whole.count + 1024)")
      #expect(seen.data == whole && seen.end == .fin)
      #expect(try Self.see(port, .chunked, "short_length").response.status == 400)
    }
  }

  @Test(arguments: ["", "&framing=chunked"])
  func lengthAndChunkedSaysBoth(framing: String) async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      let response = try get(port, "/gzip/\(Self.size)?chunk=70000&fault=length_and_chunked\(framing)")
      #expect(response.field("Content-Length") == "\(whole.count)")
      #expect(response.field("Transfer-Encoding") == "chunked")
      #expect(response.dechunked.data == whole && response.dechunked.isWhole)
    }
  }

  @Test func aTruncationNeverLeavesAValidBody() async throws {
    try await withOrigin { port in
      // Two equal members: the middle of the body is where the first one ends.
      let response = try get(port, "/gzip/2000?members=2&fault=truncate")
      #expect(Gunzip.of(response.body).verdict != .whole)
    }
  }

  @Test(arguments: ["0", "1", "5", "20", "100KiB"])
  func bitflipIsNoticedInBodiesOfEverySize(size: String) async throws {
    try await withOrigin { port in
      for position in ["0", "50%25", "99%25"] {
        let response = try get(port, "/gzip/\(size)?members=3&fault=bitflip@\(position)")
        #expect(Gunzip.of(response.body).verdict == .badData, "\(position)")
      }
    }
  }

  @Test func headersDescribeTheUndamagedBody() async throws {
    try await withOrigin { port in
      let good = try get(port, "/gzip/5000")
      let bad = try get(port, "/gzip/5000?fault=crc")
      #expect(good.field("ETag") != nil && good.field("ETag") == bad.field("ETag"))
      #expect(good.field("Repr-Digest") != nil && good.field("Repr-Digest") == bad.field("Repr-Digest"))
    }
  }

  /// A client whose download was cut can resume where it stopped, from the same URL.
  @Test func aRangeBehindTheCutIsWhole() async throws {
    let whole = try Self.gzip()
    try await withOrigin { port in
      let target = "/gzip/\(Self.size)?fault=cut@50%25"
      let rest = try get(port, target, "Range: bytes=\(whole.count / 2)-")
      #expect(rest.status == 206 && rest.body == Array(whole[(whole.count / 2)...]))
      let across = try get(port, target, "Range: bytes=10-")
      #expect(across.status == 206 && across.body == Array(whole[10..<(whole.count / 2)]))
      let before = try get(port, target, "Range: bytes=10-19")
      #expect(before.status == 206 && before.body == Array(whole[10..<20]))
      // Damaged bytes are answered whole.
      #expect(try get(port, "/gzip/\(Self.size)?fault=crc", "Range: bytes=10-").status == 200)
    }
  }
}
