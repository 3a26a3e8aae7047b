import Testing
import ToolSupport

@testable import LoadGen

@Suite struct LiveRequestTests {
  private static let good = "GET /events?x=1 HTTP/1.1\r\nHost: 127.0.0.1:9\r\nAccept: */*\r\n\r\n"

  @Test func aRequestIsReadByteByByte() {
    let bytes = Array(Self.good.utf8)
    for count in 0..<bytes.count { #expect(LiveRequest.parse(Array(bytes[..<count])) == .incomplete) }
    #expect(
      LiveRequest.parse(bytes) == .request(LiveRequest(method: "GET", path: "/events", isHTTP10: false)))
  }

  @Test(arguments: [
    "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET /\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n\r\n",
    "\u{16}\u{3}\u{1}\u{2}",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\nmore", "GET / FTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n: a\r\n\r\n",
  ])
  func whatIsNotExactlyHTTPIsRefused(text: String) {
    #expect(LiveRequest.parse(Array(text.utf8)) == .refused(400))
  }

  @Test func othersAreRefusedInTheirWay() {
    #expect(LiveRequest.parse(Array("GET / HTTP/2.0\r\nHost: a\r\n\r\n".utf8)) == .refused(505))
    let long = Array("GET / HTTP/1.1\r\nHost: ".utf8) + [UInt8](repeating: 0x61, count: LiveRequest.maximumBytes)
    #expect(LiveRequest.parse(long) == .refused(431))
    #expect(LiveRequest.parse(long + Array("\r\n\r\n".utf8)) == .refused(431))
    #expect(
      LiveRequest.parse(Array("HEAD /metrics HTTP/1.0\r\n\r\n".utf8))
        == .request(LiveRequest(method: "HEAD", path: "/metrics", isHTTP10: true)))
  }

  @Test func noBytesTrapTheParser() {
    var random = SystemRandomNumberGenerator()
    var outcomes = 0
    for round in 0..<5000 {
      var bytes = Array(Self.good.utf8)
      for _ in 0..<(1 + round % 5) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        if round % 2 == 0 {
          bytes[place] = UInt8.random(in: 0...255, using: &random)
        } else {
          bytes.remove(at: place)
        }
      }
      if case .incomplete = LiveRequest.parse(bytes) {} else { outcomes += 1 }
    }
    #expect(outcomes > 0)
  }

  @Test func addresses() throws {
    #expect(try LiveAddress(parsing: "9464") == LiveAddress(host: "127.0.0.1", port: 9464))
    #expect(try LiveAddress(parsing: ":0") == LiveAddress(host: "127.0.0.1", port: 0))
    #expect(try LiveAddress(parsing: "[::1]:80") == LiveAddress(host: "::1", port: 80))
    #expect(LiveAddress(host: "::1", port: 0).url(port: 5) == "http://[::1]:5")
    for text in ["", "host", "a:b", "1.2.3.4:65536", "::1:80", "a:-1", "a:"] {
      #expect(throws: ToolFailure.self) { try LiveAddress(parsing: text) }
    }
    for (host, isLoopback) in [
      ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true), ("0.0.0.0", false),
      ("127.evil.example.com", false), ("127.0.0.1.example.com", false),
    ] { #expect(LiveAddress(host: host, port: 1).isLoopback == isLoopback) }
  }
}
